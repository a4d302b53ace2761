import { setImmediate } from 'node:timers/promises';
import type { User } from '../identity/viewer.ts';
import type { Roster, Sighting } from './roster.ts';
import { type PresenceSignal, View } from './view.ts';

export interface PresenceOptions {
	readonly typingTtlMs: number;
	/** Tells the other nodes. */
	readonly publish: (conversationId: string, sighting: Sighting) => void;
	/** Tells those who watch on this node. */
	readonly tell: (conversationId: string, signal: PresenceSignal) => void;
}

/** Somebody on this node. */
interface Own {
	readonly user: User;
	/** Their open streams. */
	open: number;
	/** As in a sighting. */
	typing: number;
	expiry: NodeJS.Timeout | undefined;
}

/** Rows of the roster that are written, and views that are compared, in one turn of the event loop. */
const SLICE = 500;

/**
 * Who follows a conversation, and who types in it. A user is online while at least one stream of theirs is open, on
 * whichever node; typing expires by itself, since those who stop often do not say so. What changes here is written to
 * the roster and told to the other nodes; a lost word is found when a view is compared with the roster.
 */
export class Presence {
	readonly #roster: Roster;
	readonly #options: PresenceOptions;
	readonly #own = new Map<string, Map<string, Own>>();
	readonly #views = new Map<string, { readonly view: View; readonly ready: Promise<void> }>();
	#signs = 0;

	constructor(roster: Roster, options: PresenceOptions) {
		this.#roster = roster;
		this.#options = options;
		roster.listen({
			rewrite: () => this.#rewrite(),
			compare: () => void this.compare(),
			forget: () => {
				for (const { view } of this.#views.values()) view.forget();
			},
		});
	}

	/** A stream was opened; the answer says that it is closed, once. */
	enter(conversationId: string, user: User): () => void {
		const own = this.#of(conversationId, user);
		own.open++;
		if (own.open === 1) this.#changed(conversationId, own);
		let left = false;
		return () => {
			if (left) return;
			left = true;
			own.open--;
			if (own.open === 0) this.#changed(conversationId, own);
		};
	}

	setTyping(conversationId: string, user: User, typing: boolean): void {
		const own = this.#of(conversationId, user);
		clearTimeout(own.expiry);
		const before = own.typing;
		this.#signs++;
		own.typing = typing ? this.#signs : 0;
		own.expiry = typing
			? setTimeout(() => this.setTyping(conversationId, user, false), this.#options.typingTtlMs).unref()
			: undefined;
		if (own.typing !== before) this.#changed(conversationId, own);
		else this.#forgetIfGone(conversationId, own);
	}

	/** The user has left the conversation: nothing that they type is shown any more, on whichever node they do. */
	endTyping(conversationId: string, userId: string): void {
		const own = this.#own.get(conversationId)?.get(userId);
		if (own !== undefined) this.setTyping(conversationId, own.user, false);
		this.#views.get(conversationId)?.view.endTyping(userId);
	}

	/** Another node's word, or this one's own, which it knows. */
	hear(conversationId: string, sighting: Sighting): void {
		if (sighting.node !== this.#roster.node) this.#views.get(conversationId)?.view.hear(sighting);
	}

	/**
	 * From now on `tell` hears of the conversation, until it is stopped. Answers once the other nodes' users are known,
	 * or cannot be: then they are told when they are.
	 */
	async watch(conversationId: string): Promise<{ readonly view: View; readonly stop: () => void }> {
		const watched = this.#views.get(conversationId) ?? this.#open(conversationId);
		const { view, ready } = watched;
		view.watchers++;
		await ready;
		const stop = () => {
			view.watchers--;
			if (view.watchers > 0) return;
			view.stop();
			this.#views.delete(conversationId);
		};
		return { view, stop };
	}

	/** Every view looks at the roster. */
	async compare(): Promise<void> {
		const views = Array.from(this.#views);
		for (let from = 0; from < views.length; from += SLICE)
			await Promise.all(views.slice(from, from + SLICE).map(([id, { view }]) => this.#read(id, view)));
	}

	stop(): void {
		for (const users of this.#own.values()) for (const { expiry } of users.values()) clearTimeout(expiry);
		for (const { view } of this.#views.values()) view.stop();
	}

	#of(conversationId: string, user: User): Own {
		const users = this.#own.get(conversationId) ?? new Map<string, Own>();
		this.#own.set(conversationId, users);
		const own = users.get(user.id) ?? { user, open: 0, typing: 0, expiry: undefined };
		users.set(user.id, own);
		return own;
	}

	#changed(conversationId: string, own: Own): void {
		const sighting = this.#sighting(own);
		this.#forgetIfGone(conversationId, own);
		this.#roster.write(conversationId, sighting);
		this.#options.publish(conversationId, sighting);
		this.#views.get(conversationId)?.view.update(own.user);
	}

	#sighting({ user, open, typing }: Own): Sighting {
		return { node: this.#roster.node, user, online: open > 0, typing };
	}

	#forgetIfGone(conversationId: string, { user, open, typing }: Own): void {
		if (open > 0 || typing > 0) return;
		const users = this.#own.get(conversationId);
		users?.delete(user.id);
		if (users?.size === 0) this.#own.delete(conversationId);
	}

	#open(conversationId: string) {
		const view = new View({
			typingTtlMs: this.#options.typingTtlMs,
			own: (userId) => {
				const { open = 0, typing = 0 } = this.#own.get(conversationId)?.get(userId) ?? {};
				return { online: open > 0, typing: typing > 0 };
			},
			tell: (signal) => this.#options.tell(conversationId, signal),
		});
		for (const { user } of this.#own.get(conversationId)?.values() ?? []) view.update(user);
		const watched = { view, ready: this.#read(conversationId, view) };
		this.#views.set(conversationId, watched);
		return watched;
	}

	/** What cannot be read now is read at the next comparison. */
	async #read(conversationId: string, view: View): Promise<void> {
		await view.read(() => this.#roster.read(conversationId)).catch(() => undefined);
	}

	async #rewrite(): Promise<void> {
		let written = 0;
		for (const [conversationId, users] of Array.from(this.#own))
			for (const own of Array.from(users.values())) {
				// They may have gone meanwhile.
				if (this.#own.get(conversationId)?.get(own.user.id) !== own) continue;
				this.#roster.write(conversationId, this.#sighting(own));
				written++;
				if (written % SLICE === 0) await setImmediate();
			}
	}
}
