import type { User } from '../identity/viewer.ts';
import type { Sighting } from './roster.ts';

/** What those who watch a conversation are told of its users. */
export type PresenceSignal =
	| { readonly kind: 'typing'; readonly user: User; readonly typing: boolean }
	| { readonly kind: 'presence'; readonly user: User; readonly online: boolean };

export interface ViewOptions {
	readonly typingTtlMs: number;
	/** What this node itself knows of a user. */
	readonly own: (userId: string) => { readonly online: boolean; readonly typing: boolean };
	readonly tell: (signal: PresenceSignal) => void;
}

interface Elsewhere {
	readonly sighting: Sighting;
	isTyping: boolean;
	readonly expiry: NodeJS.Timeout | undefined;
}

interface Told {
	readonly user: User;
	readonly online: boolean;
	readonly typing: boolean;
}

/**
 * Who is there and who types in a watched conversation, on all nodes together; what changes in that is told, once.
 * A sign of typing ends by its own time here, so that none outlives a node that could not say its end.
 */
export class View {
	readonly #options: ViewOptions;
	/** By user and node. */
	readonly #elsewhere = new Map<string, Map<string, Elsewhere>>();
	readonly #told = new Map<string, Told>();
	/** What was heard while the roster is being read, which is newer than what is read. */
	#heard: Set<string> | undefined;
	#isStopped = false;
	watchers = 0;

	constructor(options: ViewOptions) {
		this.#options = options;
	}

	/** What one who begins to watch is told first. */
	present(): readonly PresenceSignal[] {
		const told = Array.from(this.#told.values());
		const online = told.filter((one) => one.online);
		const typing = told.filter((one) => one.typing);
		return [
			...online.map(({ user }) => ({ kind: 'presence', user, online: true }) as const),
			...typing.map(({ user }) => ({ kind: 'typing', user, typing: true }) as const),
		];
	}

	/** Another node's word. */
	hear(sighting: Sighting): void {
		this.#heard?.add(keyOf(sighting));
		this.#put(sighting);
		this.update(sighting.user);
	}

	/** Takes the other nodes' users from the roster; at a failure it keeps those that it knows. */
	async read(sightings: () => Promise<readonly Sighting[]>): Promise<void> {
		// Two at once would not know what each may overwrite.
		if (this.#heard !== undefined) return;
		this.#heard = new Set();
		try {
			const read = await sightings();
			if (!this.#isStopped) this.#replace(read, this.#heard);
		} finally {
			this.#heard = undefined;
		}
	}

	/** Nothing is known of the other nodes. */
	forget(): void {
		this.#replace([], new Set());
	}

	/** Their signs of typing have ended, whoever still says so. */
	endTyping(userId: string): void {
		for (const one of this.#elsewhere.get(userId)?.values() ?? []) {
			one.isTyping = false;
			this.update(one.sighting.user);
		}
	}

	/** Tells what has changed of a user. */
	update(user: User): void {
		const before = this.#told.get(user.id);
		const own = this.#options.own(user.id);
		const elsewhere = Array.from(this.#elsewhere.get(user.id)?.values() ?? []);
		const online = own.online || elsewhere.some(({ sighting }) => sighting.online);
		const typing = own.typing || elsewhere.some(({ isTyping }) => isTyping);
		if (online || typing) this.#told.set(user.id, { user, online, typing });
		else this.#told.delete(user.id);
		if (online !== (before?.online ?? false)) this.#options.tell({ kind: 'presence', user, online });
		if (typing !== (before?.typing ?? false)) this.#options.tell({ kind: 'typing', user, typing });
	}

	stop(): void {
		this.#isStopped = true;
		for (const nodes of this.#elsewhere.values())
			for (const { expiry } of nodes.values()) clearTimeout(expiry);
		this.#elsewhere.clear();
	}

	#replace(sightings: readonly Sighting[], heard: ReadonlySet<string>): void {
		const read = new Set(sightings.map(keyOf));
		const changed = new Map<string, User>();
		const known = Array.from(this.#elsewhere.values()).flatMap((nodes) => Array.from(nodes.values()));
		for (const { sighting } of known) {
			if (read.has(keyOf(sighting)) || heard.has(keyOf(sighting))) continue;
			this.#remove(sighting);
			changed.set(sighting.user.id, sighting.user);
		}
		for (const sighting of sightings) {
			if (heard.has(keyOf(sighting))) continue;
			this.#put(sighting);
			changed.set(sighting.user.id, sighting.user);
		}
		for (const user of changed.values()) this.update(user);
	}

	#put(sighting: Sighting): void {
		const { node, user, online, typing } = sighting;
		const before = this.#elsewhere.get(user.id)?.get(node);
		// The same sign again is not renewed by that: it may have ended.
		if (before !== undefined && typing !== 0 && before.sighting.typing === typing) {
			this.#set({ ...before, sighting });
			return;
		}
		clearTimeout(before?.expiry);
		if (!online && typing === 0) this.#remove(sighting);
		else
			this.#set({
				sighting,
				isTyping: typing !== 0,
				expiry: typing === 0 ? undefined : this.#expire(sighting),
			});
	}

	#expire({ node, user }: Sighting): NodeJS.Timeout {
		const end = () => {
			const one = this.#elsewhere.get(user.id)?.get(node);
			if (one !== undefined) one.isTyping = false;
			this.update(user);
		};
		return setTimeout(end, this.#options.typingTtlMs).unref();
	}

	#set(one: Elsewhere): void {
		const { node, user } = one.sighting;
		const nodes = this.#elsewhere.get(user.id) ?? new Map<string, Elsewhere>();
		this.#elsewhere.set(user.id, nodes.set(node, one));
	}

	#remove({ node, user }: Sighting): void {
		const nodes = this.#elsewhere.get(user.id);
		clearTimeout(nodes?.get(node)?.expiry);
		nodes?.delete(node);
		if (nodes?.size === 0) this.#elsewhere.delete(user.id);
	}
}

function keyOf({ node, user }: Sighting): string {
	return `${node} ${user.id}`;
}
