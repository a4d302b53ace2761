import { Command, InvalidArgumentError, Option } from 'commander';
import { findSubjectProblem } from '../identity/tokens.ts';
import type { Role } from '../identity/viewer.ts';
import { createSigner, loadSettings } from './sign-token.ts';

const ROLES = { customer: 'CUSTOMER', agent: 'AGENT', admin: 'ADMIN' } as const satisfies Record<
	string,
	Role
>;
const UNIT_SECONDS: ReadonlyMap<string, number> = new Map([
	['s', 1],
	['m', 60],
	['h', 3600],
	['d', 86_400],
]);
const MAX_DAYS = 3650;

interface TokenOptions {
	readonly sub: string;
	readonly role: keyof typeof ROLES;
	readonly name?: string;
	/** Seconds. */
	readonly expiresIn: number;
}

/** `token`: a token for the configured service, alone on standard output. */
export function tokenCommand(): Command {
	return new Command('token')
		.description('print an access token for this service')
		.addOption(new Option('--sub <subject>', 'who it is for').argParser(readSubject).makeOptionMandatory())
		.addOption(
			new Option('--role <role>', 'what its bearer may do').choices(Object.keys(ROLES)).makeOptionMandatory(),
		)
		.option('--name <name>', 'the name that others see; the subject when left out')
		.addOption(
			new Option('--expires-in <duration>', 'such as 30s, 15m, 12h or 7d')
				.argParser(readDuration)
				.default(12 * 3600, '12h'),
		)
		.action(async (options: TokenOptions) => {
			const sign = await createSigner(loadSettings());
			const token = await sign({
				subject: options.sub,
				name: options.name,
				role: ROLES[options.role],
				expiresInSeconds: options.expiresIn,
			});
			console.log(token);
		});
}

function readSubject(text: string): string {
	const problem = findSubjectProblem(text);
	if (problem !== undefined) throw new InvalidArgumentError(`It ${problem}.`);
	return text;
}

function readDuration(text: string): number {
	const [, amount, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
	const seconds = Number(amount) * (UNIT_SECONDS.get(unit) ?? Number.NaN);
	if (seconds >= 1 && seconds <= MAX_DAYS * 86_400) return seconds;
	throw new InvalidArgumentError(`It must be a duration such as 30s, 15m, 12h or 7d, at most ${MAX_DAYS}d.`);
}
