import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { MockProviderOptions } from './mock-provider.ts';

const integer = (min: number, max: number) =>
	z
		.string()
		.regex(/^\d{1,10}$/, 'must be a whole number')
		.transform(Number)
		.pipe(z.number().min(min).max(max));
const percent = integer(0, 100).default(0);

const model = z
	.object({
		MOCK_PROVIDER_PORT: integer(0, 65_535).default(4010),
		MOCK_PROVIDER_HOST: z.string().default('127.0.0.1'),
		MOCK_PROVIDER_CALLBACK_URL: z.url({ protocol: /^https?$/ }).optional(),
		MOCK_PROVIDER_CALLBACK_DELAY_MS: integer(0, 3_600_000).default(300),
		PROVIDER_WEBHOOK_SECRET: z
			.string()
			.refine(isSecret, 'must be whsec_ and the base64 of some bytes')
			.optional(),
		MOCK_PROVIDER_RATE_429: percent,
		MOCK_PROVIDER_RATE_500: percent,
		MOCK_PROVIDER_RATE_RESET: percent,
		MOCK_PROVIDER_RETRY_AFTER: z
			.string()
			.regex(/^[\x20-\x7e]*$/, 'must be printable ASCII')
			.optional(),
		MOCK_PROVIDER_DELAY_MS: integer(0, 3_600_000).default(0),
		MOCK_PROVIDER_SEED: z.string().default('1'),
		MOCK_PROVIDER_IDEMPOTENT: z.stringbool().default(false),
		MOCK_PROVIDER_LOG: z.string().optional(),
	})
	.refine(
		(all) => all.MOCK_PROVIDER_RATE_429 + all.MOCK_PROVIDER_RATE_500 + all.MOCK_PROVIDER_RATE_RESET <= 100,
		{
			path: ['MOCK_PROVIDER_RATE_429'],
			error: 'must not be above 100 together with MOCK_PROVIDER_RATE_500 and MOCK_PROVIDER_RATE_RESET',
		},
	)
	.refine(
		(all) => all.MOCK_PROVIDER_CALLBACK_URL === undefined || all.PROVIDER_WEBHOOK_SECRET !== undefined,
		{
			path: ['PROVIDER_WEBHOOK_SECRET'],
			error: 'is missing: it signs what goes to MOCK_PROVIDER_CALLBACK_URL',
		},
	);

export interface MockProviderSettings {
	readonly port: number;
	readonly host: string;
	/** Where the log is appended to; undefined: standard output. */
	readonly logFile: string | undefined;
	readonly options: MockProviderOptions;
}

/** The variables that count, each with its default and what it is for. */
export const SETTINGS: readonly (readonly [name: string, fallback: string, what: string])[] = [
	['MOCK_PROVIDER_PORT', '4010', 'Where it listens; 0 takes any free port.'],
	['MOCK_PROVIDER_HOST', '127.0.0.1', 'The address that it listens on.'],
	['MOCK_PROVIDER_CALLBACK_URL', '', "The service's base URL. Without it there are no callbacks."],
	['MOCK_PROVIDER_CALLBACK_DELAY_MS', '300', 'Before the first callback of a message, and between two.'],
	['PROVIDER_WEBHOOK_SECRET', '', "The service's: signs the callbacks."],
	['MOCK_PROVIDER_RATE_429', '0', 'In per cent of the requests, by chance: answered with 429.'],
	['MOCK_PROVIDER_RATE_500', '0', 'Answered with 500.'],
	['MOCK_PROVIDER_RATE_RESET', '0', 'Accepted, and the connection reset without an answer.'],
	['MOCK_PROVIDER_RETRY_AFTER', '', 'The Retry-After of a 429 by chance. Without it there is none.'],
	['MOCK_PROVIDER_DELAY_MS', '0', 'How long every answer takes, but for one that is given again.'],
	['MOCK_PROVIDER_SEED', '1', 'Of chance: the n-th request fares the same with the same seed.'],
	[
		'MOCK_PROVIDER_IDEMPOTENT',
		'false',
		'A key that was accepted is given the first answer, and not accepted again.',
	],
	['MOCK_PROVIDER_LOG', '', 'A file that gets the log, a JSON object a line. Without it: standard output.'],
];

/** A variable that is empty counts as not set. @throws Error naming every fault; no message repeats a secret */
export function mockProviderSettings(
	env: Readonly<Record<string, string | undefined>>,
): MockProviderSettings {
	const given = Object.entries(env).filter(([, value]) => value !== undefined && value !== '');
	const result = model.safeParse(Object.fromEntries(given));
	if (!result.success) {
		const faults = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
		throw new Error(['The settings are not valid:', ...faults].join('\n'));
	}
	const all = result.data;
	const url = all.MOCK_PROVIDER_CALLBACK_URL?.replace(/\/+$/, '');
	const secret = all.PROVIDER_WEBHOOK_SECRET;
	return {
		port: all.MOCK_PROVIDER_PORT,
		host: all.MOCK_PROVIDER_HOST,
		logFile: all.MOCK_PROVIDER_LOG,
		options: {
			...(url !== undefined &&
				secret !== undefined && {
					callbacks: { url: () => url, secret, delayMs: all.MOCK_PROVIDER_CALLBACK_DELAY_MS },
				}),
			chances: {
				rate429: all.MOCK_PROVIDER_RATE_429,
				rate500: all.MOCK_PROVIDER_RATE_500,
				rateReset: all.MOCK_PROVIDER_RATE_RESET,
			},
			...(all.MOCK_PROVIDER_RETRY_AFTER !== undefined && { retryAfter: all.MOCK_PROVIDER_RETRY_AFTER }),
			seed: all.MOCK_PROVIDER_SEED,
			delayMs: all.MOCK_PROVIDER_DELAY_MS,
			isIdempotent: all.MOCK_PROVIDER_IDEMPOTENT,
		},
	};
}

function isSecret(text: string): boolean {
	if (!text.startsWith('whsec_')) return false;
	try {
		new Webhook(text);
		return true;
	} catch {
		return false;
	}
}
