import { createMockProvider } from '../../src/mock-provider/mock-provider.ts';
import type { Provider, ProviderRequest } from '../../src/outbound/provider.ts';
import { createSmtpProvider } from '../../src/outbound/providers/smtp.ts';
import { createTwilioProvider } from '../../src/outbound/providers/twilio.ts';
import { createWebhookProvider } from '../../src/outbound/providers/webhook.ts';
import { startPlay, taking } from '../support/mail-play.ts';
import {
	type Answer,
	answerWith,
	HANG_UP,
	NEVER,
	ProviderServer,
	type ReceivedRequest,
} from '../support/provider-server.ts';

/** What the far end does with a message that it has in full. */
export type Conduct = 'take' | 'put off' | 'refuse' | 'hang up' | 'be silent' | 'talk nonsense';

/** Who a provider talks to. */
export interface FarEnd {
	/** Where it is; it may be told a user and a password. */
	readonly url: URL;
	/** The ids of the messages that it got in full, as often as it did. */
	readonly ids: readonly string[];
	/** From now on it does this with messages to the address that it answers with. */
	will(conduct: Conduct): string;
	/** Resolves with the next message. */
	arrival(): Promise<void>;
	/** Takes no more connections, and drops those that it has. */
	stop(): Promise<void>;
}

export interface Wiring {
	readonly name: string;
	readonly channel: ProviderRequest['channel'];
	readonly from: string;
	readonly start: () => Promise<FarEnd>;
	/** With at most four calls at a time. */
	readonly create: (url: URL, timeoutMs: number) => Provider;
}

const MAX_IN_FLIGHT = 4;

/** One resolves with each message. */
class Arrivals {
	readonly #waiting: (() => void)[] = [];

	next(): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#waiting.push(resolve);
		return promise;
	}

	came(): void {
		this.#waiting.shift()?.();
	}
}

async function startHttp(accepted: Answer, idOf: (request: ReceivedRequest) => string): Promise<FarEnd> {
	const server = new ProviderServer();
	const url = await server.start();
	const answers: Record<Conduct, Answer> = {
		take: accepted,
		'put off': answerWith(429),
		refuse: answerWith(400, 'hush'),
		'hang up': HANG_UP,
		'be silent': NEVER,
		'talk nonsense': answerWith(200, '<html>Welcome</html>'),
	};
	return {
		url,
		get ids() {
			return server.requests.map(idOf);
		},
		will: (conduct) => {
			server.answer = answers[conduct];
			return '+10987654321';
		},
		arrival: () => server.arrival(),
		stop: () => server.stop(),
	};
}

async function startMail(): Promise<FarEnd> {
	const ids: string[] = [];
	const arrivals = new Arrivals();
	let present: Conduct = 'take';
	const answers: Record<Conduct, string | undefined> = {
		take: '250 taken',
		'put off': '451 later',
		refuse: '550 no',
		'hang up': undefined,
		'be silent': undefined,
		'talk nonsense': 'Welcome',
	};
	const { url, stop } = await startPlay(
		taking((mail, socket) => {
			ids.push(/^message-id: <(.*)@/im.exec(mail.join('\n'))?.[1] ?? '');
			arrivals.came();
			if (present === 'hang up') socket.resetAndDestroy();
			return answers[present];
		}),
	);
	return {
		url,
		ids,
		will: (conduct) => {
			present = conduct;
			return 'kim@customers.example';
		},
		arrival: () => arrivals.next(),
		stop,
	};
}

/** Its addresses say what it does. */
const MOCK_ADDRESSES: Record<Conduct, string> = {
	take: '+15550100200',
	'put off': '+15550100429',
	refuse: '+15550100400',
	'hang up': '+15550100444',
	'be silent': '+15550100000',
	'talk nonsense': '+15550105200',
};

async function startMock(): Promise<FarEnd> {
	const ids: string[] = [];
	const arrivals = new Arrivals();
	const mock = createMockProvider({
		onEntry: (entry) => {
			if (entry.kind !== 'request') return;
			ids.push(entry.message.id);
			arrivals.came();
		},
	});
	const url = new URL(await mock.listen(0, '127.0.0.1'));
	return {
		url,
		ids,
		will: (conduct) => MOCK_ADDRESSES[conduct],
		arrival: () => arrivals.next(),
		stop: () => mock.close(),
	};
}

function createWebhook(url: URL, timeoutMs: number): Provider {
	return createWebhookProvider({
		name: 'webhook',
		channels: ['SMS', 'MMS'],
		url,
		isIdempotent: false,
		timeoutMs,
		maxInFlight: MAX_IN_FLIGHT,
	});
}

export const WIRINGS: readonly Wiring[] = [
	{
		name: 'the generic wire',
		channel: 'SMS',
		from: '+11234567890',
		start: () =>
			startHttp(answerWith(200, '{"id":"p-1"}'), ({ headers }) => String(headers['idempotency-key'])),
		create: createWebhook,
	},
	{
		name: 'the mock provider',
		channel: 'SMS',
		from: '+11234567890',
		start: startMock,
		create: createWebhook,
	},
	{
		name: 'Twilio',
		channel: 'MMS',
		from: '+11234567890',
		start: () =>
			startHttp(answerWith(201, '{"sid":"SM1"}'), ({ body }) => {
				const callback = new URLSearchParams(body).get('StatusCallback') ?? '';
				return new URL(callback).searchParams.get('message') ?? '';
			}),
		create: (url, timeoutMs) =>
			createTwilioProvider({
				accountSid: `AC${'0'.repeat(32)}`,
				authToken: 'hush',
				apiUrl: new URL(url.origin),
				publicUrl: new URL('https://pendo.example'),
				timeoutMs,
				maxInFlight: MAX_IN_FLIGHT,
			}),
	},
	{
		name: 'SMTP',
		channel: 'EMAIL',
		from: 'help@pendo.example',
		start: startMail,
		create: (url, timeoutMs) => createSmtpProvider({ url, timeoutMs, maxInFlight: MAX_IN_FLIGHT }),
	},
];
