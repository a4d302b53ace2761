import type { Bus, WakeUp } from '../live/bus.ts';

type Handler = (wakeUp: WakeUp) => void;

/** The bus of a single node. Wake-ups are delivered after the present turn of the event loop: answers go out first. */
export class MemoryBus implements Bus {
	readonly #channels = new Map<string, Set<Handler>>();
	#pending: { readonly conversationId: string; readonly wakeUp: WakeUp }[] = [];

	publish(conversationId: string, wakeUp: WakeUp): void {
		if (!this.#channels.has(conversationId)) return;
		this.#pending.push({ conversationId, wakeUp });
		if (this.#pending.length === 1) setImmediate(() => this.#deliver());
	}

	async subscribe(conversationId: string, handler: Handler): Promise<() => void> {
		const handlers = this.#channels.get(conversationId) ?? new Set();
		this.#channels.set(conversationId, handlers.add(handler));
		return () => {
			handlers.delete(handler);
			if (handlers.size === 0 && this.#channels.get(conversationId) === handlers)
				this.#channels.delete(conversationId);
		};
	}

	/** Nothing interrupts a function call. */
	onInterruption(): void {}

	async close(): Promise<void> {
		this.#channels.clear();
	}

	#deliver(): void {
		const pending = this.#pending;
		this.#pending = [];
		for (const { conversationId, wakeUp } of pending)
			for (const handler of this.#channels.get(conversationId) ?? []) call(handler, wakeUp);
	}
}

/** One that throws keeps the wake-up from nobody else, and its fault is no less loud. */
function call(handler: Handler, wakeUp: WakeUp): void {
	try {
		handler(wakeUp);
	} catch (error) {
		process.nextTick(() => {
			throw error;
		});
	}
}
