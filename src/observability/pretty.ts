import { prettyFactory } from 'pino-pretty';
import { escapeControls } from './control-characters.ts';

/** Line breaks of a stack that are its own; any other came with the error's message. */
const STACK_BREAK = /\n(?=\s+at |caused by: )/;

/**
 * A function that turns a JSON log line into text for a terminal. What the line's strings hold can neither begin
 * a line of its own nor reach the terminal as a control sequence.
 * @param colour - default: when stdout is a terminal that shows colours
 */
export function createPrettifier(colour?: boolean): (line: string) => string {
	const pretty = prettyFactory({
		...(colour === undefined ? {} : { colorize: colour }),
		translateTime: 'SYS:HH:MM:ss.l',
		ignore: 'pid,hostname,service',
		singleLine: true,
	});
	return (line) => pretty(JSON.parse(line, escapeReviver));
}

/** Escapes every string and every name of an object; keeps the line structure of stacks. */
function escapeReviver(name: string, value: unknown): unknown {
	if (typeof value === 'string') return name === 'stack' ? escapeStack(value) : escapeControls(value);
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, entry]) => [escapeControls(key), entry]));
}

function escapeStack(stack: string): string {
	return stack.split(STACK_BREAK).map(escapeControls).join('\n');
}
