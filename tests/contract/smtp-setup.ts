import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, vi } from 'vitest';
import type { Provider, ProviderRequest } from '../../src/outbound/provider.ts';
import { createSmtpProvider } from '../../src/outbound/providers/smtp.ts';
import { type MailPlay, type Play, startPlay } from '../support/mail-play.ts';

export const TIMEOUT_MS = 60_000;

export const REQUEST: ProviderRequest = {
	id: 'msg_0197-1',
	from: 'help@pendo.example',
	to: 'kim@customers.example',
	channel: 'EMAIL',
	body: 'Your order 😀\n.\nis on its way.',
	attachments: [],
	timestamp: new Date('2025-05-21T18:00:00Z'),
};

interface Received {
	readonly from: string | undefined;
	readonly to: readonly string[];
	readonly mail: string;
	readonly secure: boolean;
}

/** Mail servers and providers, which are closed after each test of a file. */
export class SmtpSetup {
	readonly #stops: (() => Promise<void>)[] = [];

	constructor() {
		afterEach(async () => {
			vi.useRealTimers();
			for (const stop of this.#stops.splice(0).reverse()) await stop();
		});
	}

	/** Takes everything but for what `options` say. */
	async server(options: SMTPServerOptions = {}) {
		const received: Received[] = [];
		const server = new SMTPServer({
			authOptional: true,
			onData: async (stream, { envelope, secure }, done) => {
				const mail = await text(stream);
				const from = envelope.mailFrom ? envelope.mailFrom.address : undefined;
				received.push({ from, to: envelope.rcptTo.map(({ address }) => address), mail, secure });
				done();
			},
			...options,
		});
		server.on('error', () => {});
		server.listen(0, '127.0.0.1');
		await once(server.server, 'listening');
		this.#stops.push(() => new Promise((resolve) => server.close(resolve)));
		const { port } = server.server.address() as AddressInfo;
		return { url: new URL(`smtp://127.0.0.1:${port}`), received, server };
	}

	async play(play: Play, greeting?: string): Promise<MailPlay> {
		const mailPlay = await startPlay(play, greeting);
		this.#stops.push(() => mailPlay.stop());
		return mailPlay;
	}

	provider(url: URL): Provider {
		const provider = createSmtpProvider({ url, timeoutMs: TIMEOUT_MS, maxInFlight: 2 });
		this.#stops.push(() => provider.close());
		return provider;
	}
}
