import { newId } from '../conversations/ids.ts';
import type { EventType, LogEntry } from '../conversations/model.ts';
import type { QueuedWebhook } from '../conversations/store.ts';
import type { WebhookStore } from './store.ts';
import { WEBHOOK_EVENTS, type Webhook } from './webhook.ts';

export interface RegistryBeat {
	/** How often the table is read again: when another node's change is known here at the latest. */
	readonly checkIntervalMs: number;
	readonly onError: (error: unknown) => void;
}

/** The enabled webhooks, in memory: each commit asks whom to tell. */
export class WebhookRegistry {
	readonly #store: Pick<WebhookStore, 'webhooks'>;
	#enabled: readonly Webhook[] = [];
	#reading: Promise<void> = Promise.resolve();
	#timer: NodeJS.Timeout | undefined;
	#isStopped = false;

	constructor(store: Pick<WebhookStore, 'webhooks'>) {
		this.#store = store;
	}

	/** Looks again and again from then on. */
	async start(beat: RegistryBeat): Promise<void> {
		await this.refresh();
		this.#lookLater(beat);
	}

	stop(): void {
		this.#isStopped = true;
		clearTimeout(this.#timer);
	}

	/** Knows afterwards what stood in the table when it was called. Looks follow each other: none overtakes a newer one. */
	refresh(): Promise<void> {
		const read = async () => {
			this.#enabled = (await this.#store.webhooks()).filter(({ enabled }) => enabled);
		};
		const reading = this.#reading.then(read);
		this.#reading = reading.catch(() => undefined);
		return reading;
	}

	#lookLater(beat: RegistryBeat): void {
		if (this.#isStopped) return;
		const look = () =>
			this.refresh()
				.catch(beat.onError)
				.then(() => this.#lookLater(beat));
		this.#timer = setTimeout(() => void look(), beat.checkIntervalMs).unref();
	}

	get enabled(): readonly Webhook[] {
		return this.#enabled;
	}

	/** Whether somebody is to be told of one of these. */
	isWanted(entries: readonly LogEntry[]): boolean {
		if (this.#enabled.length === 0) return false;
		return entries.some(({ internal, type }) => !internal && this.#wants(type).length > 0);
	}

	/** What is to be written along with these entries. Of notes nobody is told. */
	queue(entries: readonly LogEntry[]): readonly QueuedWebhook[] {
		if (this.#enabled.length === 0) return [];
		return entries.flatMap((entry) => (entry.internal ? [] : this.#queueOne(entry)));
	}

	#queueOne({ conversationId, sequence, type, occurredAt }: LogEntry): readonly QueuedWebhook[] {
		return this.#wants(type).map(({ id: webhookId }) => ({
			id: newId(),
			webhookId,
			conversationId,
			sequence,
			event: WEBHOOK_EVENTS[type],
			queuedAt: occurredAt,
		}));
	}

	#wants(type: EventType): readonly Webhook[] {
		return this.#enabled.filter(({ events }) => events.includes(WEBHOOK_EVENTS[type]));
	}
}
