import type { WebhookStore } from './store.ts';

/** What the use cases of this room work on. */
export interface Webhooks {
	readonly store: WebhookStore;
	/** Whether a URL leads outside, its name resolved. @throws InvalidInputError naming the field. */
	readonly checkUrl: (field: string, url: string) => Promise<void>;
	/** A webhook was changed: this node knows when it answers, the others some seconds later. Does not reject. */
	readonly announce: () => Promise<void>;
	/** A delivery may be due. */
	readonly wake: () => void;
}
