import { createHash } from 'node:crypto';
import type { CallbackStatus } from './wire.ts';

/** What becomes of one request. */
export type Behaviour =
	| Acceptance
	| { readonly kind: 'refuse'; readonly status: number; readonly retryAfter?: string }
	/** 200 with a page of HTML; the message is not taken. */
	| { readonly kind: 'nonsense' }
	/** No answer, ever; the message is not taken. */
	| { readonly kind: 'silence' };

interface Acceptance {
	readonly kind: 'accept';
	/** Whether the acceptance is answered, or the connection reset instead. */
	readonly isAnswered: boolean;
	/** How long the answer takes beyond what all take. */
	readonly extraMs: number;
	/** What the callbacks say, one after the other. */
	readonly statuses: readonly CallbackStatus[];
}

/** In per cent of the requests whose address says nothing. */
export interface Chances {
	readonly rate429: number;
	readonly rate500: number;
	/** Accepted, then the connection is reset. */
	readonly rateReset: number;
}

interface Magic {
	/** The last four digits of a number, or the word behind the + of an email address, filled up with zeros. */
	readonly code: string;
	readonly does: string;
	/** `attempt` counts the requests of one message from 1. */
	readonly behave: (attempt: number) => Behaviour;
}

const ACCEPT: Acceptance = {
	kind: 'accept',
	isAnswered: true,
	extraMs: 0,
	statuses: ['sent', 'delivered'],
};
const SLOW_MS = 3_000;

const always = (behaviour: Behaviour) => () => behaviour;
const accept = (changes: Partial<Acceptance>) => always({ ...ACCEPT, ...changes });
const refuse = (status: number, retryAfter?: string) =>
	always({ kind: 'refuse', status, ...(retryAfter !== undefined && { retryAfter }) });

/** Addresses that say what becomes of their messages, whatever the chances are. */
export const MAGIC: readonly Magic[] = [
	{
		code: '4321',
		does: '429 with `Retry-After: 1` at the first attempt, then as 0200',
		behave: (attempt) => (attempt === 1 ? { kind: 'refuse', status: 429, retryAfter: '1' } : ACCEPT),
	},
	{ code: '0200', does: 'accepted; callbacks `sent`, `delivered`', behave: always(ACCEPT) },
	{
		code: '1200',
		does: 'accepted; callbacks in the wrong order: `delivered`, `sent`',
		behave: accept({ statuses: ['delivered', 'sent'] }),
	},
	{
		code: '2200',
		does: 'accepted; callbacks `sent`, `undelivered`',
		behave: accept({ statuses: ['sent', 'undelivered'] }),
	},
	{ code: '3200', does: 'accepted; callback `failed`', behave: accept({ statuses: ['failed'] }) },
	{ code: '4200', does: 'accepted; no callback', behave: accept({ statuses: [] }) },
	{ code: '5200', does: 'nonsense: 200 with a page of HTML', behave: always({ kind: 'nonsense' }) },
	{ code: '0400', does: '400', behave: refuse(400) },
	{ code: '0429', does: '429 with `Retry-After: 2`', behave: refuse(429, '2') },
	{
		code: '1429',
		does: '429 with a date two seconds ahead as `Retry-After`',
		behave: () => ({ kind: 'refuse', status: 429, retryAfter: new Date(Date.now() + 2_000).toUTCString() }),
	},
	{ code: '2429', does: '429 with rubbish as `Retry-After`', behave: refuse(429, 'when the cows come home') },
	{
		code: '3429',
		does: '429 with `Retry-After: 99999999999999999999`',
		behave: refuse(429, '99999999999999999999'),
	},
	{
		code: '0444',
		does: 'accepted, and the connection reset without an answer; callbacks as 0200',
		behave: accept({ isAnswered: false }),
	},
	{ code: '0500', does: '500', behave: refuse(500) },
	{ code: '0502', does: '502, which leaves open whether it was accepted', behave: refuse(502) },
	{ code: '0503', does: '503', behave: refuse(503) },
	{ code: '3000', does: 'as 0200, answered after three seconds', behave: accept({ extraMs: SLOW_MS }) },
	{ code: '0000', does: 'never answered, nor accepted', behave: always({ kind: 'silence' }) },
];

const BY_CODE = new Map(MAGIC.map((magic) => [magic.code, magic]));

/** What the address asks for; undefined where it says nothing. */
export function magicBehaviour(to: string, attempt: number): Behaviour | undefined {
	const code = /^\+\d*(\d{4})$/.exec(to)?.[1] ?? /\+(\d{1,4})@/.exec(to)?.[1]?.padStart(4, '0');
	return code === undefined ? undefined : BY_CODE.get(code)?.behave(attempt);
}

/** What chance makes of the n-th request: the same again for the same seed. A 429 carries `retryAfter` if given. */
export function chanceBehaviour(chances: Chances, seed: string, n: number, retryAfter?: string): Behaviour {
	const { rate429, rate500, rateReset } = chances;
	const drawn = (createHash('sha256').update(`${seed}:${n}`).digest().readUInt32BE() / 2 ** 32) * 100;
	if (drawn < rate429)
		return { kind: 'refuse', status: 429, ...(retryAfter !== undefined && { retryAfter }) };
	if (drawn < rate429 + rate500) return { kind: 'refuse', status: 500 };
	return drawn < rate429 + rate500 + rateReset ? { ...ACCEPT, isAnswered: false } : ACCEPT;
}
