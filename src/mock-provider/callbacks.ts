import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import type { CallbackEntry } from './log.ts';
import { type Callback, type CallbackStatus, statusCallback } from './wire.ts';

export interface CallbackOptions {
	/** The service's base URL, asked for at each callback. */
	readonly url: () => string;
	/** `whsec_…`, base64. */
	readonly secret: string;
	/** Between an acceptance and its first callback, and between two; default 300. */
	readonly delayMs?: number;
	/** Between the attempts at one callback while the service is away or not able: one more attempt than delays. */
	readonly retryMs?: readonly number[];
}

const DELAY_MS = 300;
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
const CONNECTIONS = 16;
const ANSWER_MS = 5_000;

/** Signed webhooks (Standard Webhooks) to the service, repeated a few times under the same webhook-id. */
export class Callbacks {
	readonly #options: CallbackOptions;
	readonly #webhook: Webhook;
	readonly #agent = new Agent({ connections: CONNECTIONS });
	readonly #closed = new AbortController();
	readonly #onEnd: (entry: CallbackEntry) => void;

	constructor(options: CallbackOptions, onEnd: (entry: CallbackEntry) => void) {
		this.#options = options;
		this.#webhook = new Webhook(options.secret);
		this.#onEnd = onEnd;
	}

	/** Tells the statuses of an accepted message one after the other, each when the one before has ended. */
	async tell(messageId: string, providerId: string, statuses: readonly CallbackStatus[]): Promise<void> {
		for (const status of statuses) {
			if (!(await this.#wait(this.#options.delayMs ?? DELAY_MS))) return;
			await this.send(statusCallback(messageId, providerId, status));
		}
	}

	/** Answers once the service has, or it is given up. */
	async send({ path, payload }: Callback): Promise<CallbackEntry> {
		const webhookId = `evt_${randomUUID()}`;
		const body = JSON.stringify(payload);
		const pauses = this.#options.retryMs ?? RETRY_MS;
		let attempts = 1;
		let status = await this.#post(path, webhookId, body);
		for (const pause of pauses) {
			if (!mayHelpToRepeat(status) || !(await this.#wait(pause))) break;
			attempts++;
			status = await this.#post(path, webhookId, body);
		}
		const at = new Date().toISOString();
		const entry: CallbackEntry = { kind: 'callback', at, payload, webhookId, attempts, status };
		if (!this.#closed.signal.aborted) this.#onEnd(entry);
		return entry;
	}

	/** What waits is dropped. */
	async close(): Promise<void> {
		this.#closed.abort();
		await this.#agent.destroy();
	}

	async #post(path: string, webhookId: string, body: string): Promise<number | null> {
		const now = new Date();
		try {
			const answer = await request(this.#options.url() + path, {
				method: 'POST',
				dispatcher: this.#agent,
				headersTimeout: ANSWER_MS,
				bodyTimeout: ANSWER_MS,
				headers: {
					'content-type': 'application/json',
					'webhook-id': webhookId,
					'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
					'webhook-signature': this.#webhook.sign(webhookId, now, body),
				},
				body,
			});
			await answer.body.dump();
			return answer.statusCode;
		} catch {
			return null;
		}
	}

	/** Whether there is a time afterwards. */
	async #wait(ms: number): Promise<boolean> {
		const { signal } = this.#closed;
		return delay(ms, true, { signal }).catch(() => false);
	}
}

function mayHelpToRepeat(status: number | null): boolean {
	return status === null || status >= 500 || status === 408 || status === 429;
}
