import { afterEach, beforeEach, vi } from 'vitest';
import type { Provider, ProviderOutcome, ProviderRequest } from '../../src/outbound/provider.ts';
import { createWebhookProvider } from '../../src/outbound/providers/webhook.ts';
import { ProviderServer } from '../support/provider-server.ts';

export const TIMEOUT_MS = 60_000;

export const REQUEST: ProviderRequest = {
	id: 'msg_0197-1',
	from: '+11234567890',
	to: '+10987654321',
	channel: 'MMS',
	body: 'Grüße 😀 "quoted"\n',
	attachments: ['https://files.example/a.png'],
	timestamp: new Date('2025-05-21T18:00:00Z'),
};

/** A server of the generic wire for each test of a file, and providers that are closed after it. */
export class WebhookSetup {
	server = new ProviderServer();
	url = new URL('http://127.0.0.1/');
	readonly #providers: Provider[] = [];

	constructor() {
		beforeEach(async () => {
			this.server = new ProviderServer();
			this.url = await this.server.start();
		});
		afterEach(async () => {
			vi.useRealTimers();
			await Promise.all(this.#providers.splice(0).map((provider) => provider.close()));
			await this.server.stop();
		});
	}

	provider(url = this.url, { maxInFlight = 4 } = {}): Provider {
		const provider = createWebhookProvider({
			name: 'webhook',
			channels: ['SMS', 'MMS'],
			url,
			isIdempotent: false,
			timeoutMs: TIMEOUT_MS,
			maxInFlight,
		});
		this.#providers.push(provider);
		return provider;
	}

	send(): Promise<ProviderOutcome> {
		return this.provider().send(REQUEST);
	}
}
