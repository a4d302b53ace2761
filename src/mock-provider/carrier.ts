import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { type Behaviour, type Chances, chanceBehaviour, magicBehaviour } from './behaviours.ts';
import type { Callbacks } from './callbacks.ts';
import { answerJson } from './http.ts';
import type { Log, RequestEntry } from './log.ts';
import type { OutgoingMessage } from './wire.ts';

export interface CarrierOptions {
	/** Default: none. */
	readonly chances?: Chances;
	/** What a 429 by chance carries; default: no such header. */
	readonly retryAfter?: string;
	/** Of chance: the n-th request fares the same with the same seed. */
	readonly seed?: string;
	/** How long every answer takes, but for one that is given again; default 0. */
	readonly delayMs?: number;
	/** Whether a key that was accepted is not accepted again, but given the first answer. */
	readonly isIdempotent?: boolean;
}

/** What is remembered of a message. */
interface Known {
	attempts: number;
	/** Of the newest acceptance. */
	providerId: string | null;
}

const MAX_KNOWN = 100_000;
const NO_CHANCES: Chances = { rate429: 0, rate500: 0, rateReset: 0 };
const PAGE = '<!doctype html><title>Welcome</title><h1>It works!</h1>\n';

/** Takes messages, or refuses them. */
export class Carrier {
	readonly #options: CarrierOptions;
	readonly #log: Log;
	readonly #callbacks: Callbacks | undefined;
	readonly #known = new LRUCache<string, Known>({ max: MAX_KNOWN });
	#drawn = 0;

	constructor(options: CarrierOptions, log: Log, callbacks: Callbacks | undefined) {
		this.#options = options;
		this.#log = log;
		this.#callbacks = callbacks;
	}

	async take(message: OutgoingMessage, response: ServerResponse): Promise<void> {
		const known = this.#known.get(message.id) ?? { attempts: 0, providerId: null };
		known.attempts++;
		this.#known.set(message.id, known);
		const behaviour = this.#behaviour(message, known.attempts);
		const tell = (entry: Pick<RequestEntry, 'outcome' | 'status' | 'providerId'>) =>
			this.#log.add({
				kind: 'request',
				at: new Date().toISOString(),
				message,
				attempt: known.attempts,
				...entry,
			});
		if (this.#options.isIdempotent && known.providerId !== null) {
			tell({ outcome: 'repeated', status: 200, providerId: known.providerId });
			return answerJson(response, 200, { id: known.providerId });
		}
		switch (behaviour.kind) {
			case 'accept': {
				const providerId = `mock_${randomUUID()}`;
				known.providerId = providerId;
				tell({ outcome: 'accepted', status: behaviour.isAnswered ? 200 : null, providerId });
				void this.#callbacks?.tell(message.id, providerId, behaviour.statuses);
				await this.#pause(behaviour.extraMs);
				if (behaviour.isAnswered) answerJson(response, 200, { id: providerId });
				else response.socket?.resetAndDestroy();
				return;
			}
			case 'refuse': {
				const { status, retryAfter } = behaviour;
				tell({ outcome: 'refused', status, providerId: null });
				await this.#pause();
				const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
				return answerJson(response, status, { error: `told to answer ${status}` }, headers);
			}
			case 'nonsense':
				tell({ outcome: 'ignored', status: 200, providerId: null });
				await this.#pause();
				return void response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
			case 'silence':
				return tell({ outcome: 'ignored', status: null, providerId: null });
		}
	}

	#behaviour(message: OutgoingMessage, attempt: number): Behaviour {
		const { chances = NO_CHANCES, seed = '', retryAfter } = this.#options;
		// A magic address takes no turn of chance.
		return magicBehaviour(message.to, attempt) ?? chanceBehaviour(chances, seed, ++this.#drawn, retryAfter);
	}

	async #pause(extraMs = 0): Promise<void> {
		const ms = (this.#options.delayMs ?? 0) + extraMs;
		// Without a timer where there is nothing to wait for.
		if (ms > 0) await delay(ms);
	}
}
