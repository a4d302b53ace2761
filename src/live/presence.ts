import type { User } from '../identity/viewer.ts';
import type { ActivitySignal } from './bus.ts';

/**
 * Who follows a conversation, and who types in it. A user is online while at least one stream of theirs is open;
 * typing expires by itself, since those who stop often do not say so.
 */
export class Presence {
	readonly #typingTtlMs: number;
	readonly #announce: (conversationId: string, signal: ActivitySignal) => void;
	readonly #streams = new Map<string, Map<string, { readonly user: User; open: number }>>();
	readonly #typing = new Map<string, Map<string, { readonly user: User; readonly expiry: NodeJS.Timeout }>>();

	constructor(typingTtlMs: number, announce: (conversationId: string, signal: ActivitySignal) => void) {
		this.#typingTtlMs = typingTtlMs;
		this.#announce = announce;
	}

	/** A stream was opened; the answer says that it is closed, once. */
	enter(conversationId: string, user: User): () => void {
		const users = inner(this.#streams, conversationId);
		const present = users.get(user.id) ?? { user, open: 0 };
		users.set(user.id, present);
		present.open++;
		if (present.open === 1) this.#announce(conversationId, { kind: 'presence', user, online: true });
		let left = false;
		return () => {
			if (left) return;
			left = true;
			present.open--;
			if (present.open > 0) return;
			users.delete(user.id);
			if (users.size === 0) this.#streams.delete(conversationId);
			this.#announce(conversationId, { kind: 'presence', user, online: false });
		};
	}

	setTyping(conversationId: string, user: User, typing: boolean): void {
		const users = inner(this.#typing, conversationId);
		const before = users.get(user.id);
		clearTimeout(before?.expiry);
		users.delete(user.id);
		if (typing) {
			const expiry = setTimeout(() => this.setTyping(conversationId, user, false), this.#typingTtlMs);
			users.set(user.id, { user, expiry: expiry.unref() });
		}
		if (users.size === 0) this.#typing.delete(conversationId);
		if (typing !== (before !== undefined)) this.#announce(conversationId, { kind: 'typing', user, typing });
	}

	/** What one who opens the activity of a conversation is told first. */
	present(conversationId: string): readonly ActivitySignal[] {
		const online = Array.from(this.#streams.get(conversationId)?.values() ?? []);
		const typing = Array.from(this.#typing.get(conversationId)?.values() ?? []);
		return [
			...online.map(({ user }) => ({ kind: 'presence', user, online: true }) as const),
			...typing.map(({ user }) => ({ kind: 'typing', user, typing: true }) as const),
		];
	}

	stop(): void {
		for (const users of this.#typing.values()) for (const { expiry } of users.values()) clearTimeout(expiry);
	}
}

function inner<Value>(outer: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
	const found = outer.get(key) ?? new Map<string, Value>();
	outer.set(key, found);
	return found;
}
