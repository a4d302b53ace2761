import { styleText } from 'node:util';
import type { Arrival } from './client.ts';

const COLUMN = 40;

/** Where a person's side is shown. */
export type Side = 'left' | 'right';

/** Two people's screens side by side on standard output, coloured where that is a terminal. */
export class Screen {
	#step = 0;

	title(left: string, right: string): void {
		const line = '─'.repeat(COLUMN - 4);
		print('');
		print(styleText('bold', `  ${left.padEnd(COLUMN)}${right}`));
		print(styleText('dim', `  ${line.padEnd(COLUMN)}${line}`));
	}

	/** What happens next. */
	narrate(text: string): void {
		this.#step++;
		print(`\n${styleText('bold', `${this.#step}. ${text}`)}`);
	}

	/** What came of it. */
	remark(text: string): void {
		print(styleText('dim', `   ${text}`));
	}

	/** What was promised, and held. */
	verdict(text: string): void {
		print(`${styleText('green', '   ✓')} ${text}`);
	}

	/** Something that arrives at the person called `name`. */
	show(side: Side, name: string, arrival: Arrival): void {
		const line = describe(arrival, name);
		if (line === undefined) return;
		const indent = side === 'left' ? '  ' : ' '.repeat(COLUMN + 2);
		print(`${indent}${line}`);
	}
}

/** Undefined for what is not worth a line: presence, and one's own doings that are not kept. */
function describe(arrival: Arrival, reader: string): string | undefined {
	switch (arrival.__typename) {
		case 'PresenceChanged':
			return undefined;
		case 'TypingChanged':
			if (arrival.user.name === reader || !arrival.typing) return undefined;
			return styleText('dim', `${arrival.user.name} is typing …`);
		case 'ReadMarkerMoved':
			if (arrival.user.name === reader) return undefined;
			return styleText('dim', `${arrival.user.name} has read up to #${arrival.sequence}`);
		case 'MessageSent': {
			const { body, internal } = arrival.message;
			const line = `${by(arrival)}: ${body}`;
			return internal ? styleText('yellow', `${line} (note)`) : line;
		}
		case 'MessageEdited':
			return `${by(arrival)}: ${arrival.message.body} ${styleText('dim', '(edited)')}`;
		case 'MemberJoined':
			return styleText('dim', `${by(arrival)} joined`);
		case 'ConversationChanged':
			return styleText(
				'dim',
				`${by(arrival)} ${arrival.sequence === 1 ? 'opened' : 'changed'} the conversation`,
			);
		default:
			return styleText('dim', `${by(arrival)}: ${arrival.__typename}`);
	}
}

function by({ sequence, actor }: Extract<Arrival, { sequence: number; actor: unknown }>): string {
	return `${styleText('cyan', `#${sequence}`)} ${actor?.name ?? 'Somebody'}`;
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}
