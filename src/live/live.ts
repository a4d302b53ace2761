import { accessTo, requireFull } from '../conversations/access.ts';
import { InvalidInputError, NotFoundError } from '../conversations/errors.ts';
import type { Conversation, ConversationEvent } from '../conversations/model.ts';
import type { ConversationStore } from '../conversations/store.ts';
import type { User, Viewer } from '../identity/viewer.ts';
import { ActivityStream, type ConversationActivity } from './activity.ts';
import type { ActivitySignal, Bus } from './bus.ts';
import { EventStream } from './event-stream.ts';
import { Feeds } from './feeds.ts';
import type { Follower, Sink } from './follower.ts';
import { Presence } from './presence.ts';
import type { Delivery, HistoryReset } from './ring.ts';

export interface FollowRequest {
	readonly conversationId: string;
	/** The last sequence that the client has; left out: from now on. */
	readonly after?: number;
	/** The log that `after` belongs to. */
	readonly epoch?: string;
}

export interface LiveOptions {
	readonly ringEvents: number;
	readonly ringBytes: number;
	/** An event reached its first live follower. */
	readonly onDelivered: (delivery: Delivery) => void;
	readonly checkIntervalMs: number;
	readonly idleMs: number;
	readonly slowReaderMaxMs: number;
	readonly typingTtlMs: number;
	readonly onError: (error: unknown) => void;
	/** A follower began below the head: its first events come from memory or from the database. */
	readonly onResume: (source: 'ring' | 'log') => void;
}

/** Following conversations on this node. */
export class Live {
	readonly #store: ConversationStore;
	readonly #bus: Bus;
	readonly #feeds: Feeds;
	readonly #options: LiveOptions;
	readonly #presence: Presence;
	readonly #activities = new Map<string, Set<ActivityStream>>();

	constructor(store: ConversationStore, bus: Bus, options: LiveOptions) {
		this.#store = store;
		this.#bus = bus;
		this.#options = options;
		this.#feeds = new Feeds(store, bus, { ...options, onSignal: (id, signal) => this.#signal(id, signal) });
		this.#presence = new Presence(options.typingTtlMs, (conversationId, signal) =>
			bus.publish(conversationId, { kind: 'activity', signal }),
		);
	}

	/** Reads which log this is, and begins the slow beat. */
	start(): Promise<void> {
		return this.#feeds.start();
	}

	/** The followed conversations of this node, and those who follow. */
	get load(): { readonly feeds: number; readonly followers: number } {
		return this.#feeds.load;
	}

	epoch(): string {
		return this.#feeds.epoch;
	}

	/** After a commit: wakes the followers of these events on every node. */
	announce(events: readonly ConversationEvent[]): void {
		const committedAt = Date.now();
		for (const [conversationId, ofOne] of Map.groupBy(events, (event) => event.conversationId))
			this.#bus.publish(conversationId, { kind: 'events', events: ofOne, committedAt });
		for (const { type, conversationId, memberId, users } of events) {
			const left = type === 'MemberLeft' ? users.find(({ id }) => id === memberId) : undefined;
			if (left !== undefined) this.#presence.setTyping(conversationId, left, false);
		}
	}

	announceRead(conversationId: string, user: User, sequence: number): void {
		this.#bus.publish(conversationId, { kind: 'activity', signal: { kind: 'read', user, sequence } });
	}

	/**
	 * Begins to deliver a conversation's events into a sink, in order, nothing missing, nothing twice, until the
	 * follower is stopped or its access ends in the log.
	 * @throws InvalidInputError for a negative `after`, NotFoundError without access.
	 */
	async open(viewer: Viewer, request: FollowRequest, sink: Sink): Promise<Follower> {
		const { conversationId, after, epoch } = request;
		if (after !== undefined && after < 0) throw new InvalidInputError('after', 'after must be 0 or more.');
		const current = this.#feeds.epoch;
		const { lastSequence: head } = await this.#requireAccess(viewer, conversationId);
		const replaced = epoch !== undefined && epoch !== current;
		const servable = after === undefined || (after <= head && !replaced);
		const place = { accessFrom: head, after: servable ? (after ?? head) : head, epoch: current };
		const follower = await this.#feeds.follow(conversationId, viewer.user, sink, place);
		// Otherwise it was reset already.
		if (!servable && current === this.#feeds.epoch) follower.reset(replaced ? 'REPLACED' : 'AHEAD', head);
		else if (place.after < head) this.#options.onResume(follower.isNear ? 'ring' : 'log');
		follower.pump();
		return follower;
	}

	/** The same as an async iterable; it counts as being there. */
	async follow(
		viewer: Viewer,
		request: FollowRequest,
	): Promise<AsyncIterableIterator<ConversationEvent | HistoryReset>> {
		const stream = new EventStream();
		const follower = await this.open(viewer, request, stream);
		stream.attach(follower, this.enter(request.conversationId, viewer.user));
		return stream;
	}

	/** A stream of this user's was opened; the answer says that it is closed. */
	enter(conversationId: string, user: User): () => void {
		return this.#presence.enter(conversationId, user);
	}

	/**
	 * Typing, presence and read markers: first who is there, then every change. It ends with the viewer's access.
	 * @throws NotFoundError without access.
	 */
	async activity(
		viewer: Viewer,
		conversationId: string,
	): Promise<AsyncIterableIterator<ConversationActivity>> {
		const { user } = viewer;
		const { epoch } = this.#feeds;
		const { lastSequence: head } = await this.#requireAccess(viewer, conversationId);
		const stream = new ActivityStream();
		const place = { accessFrom: head, after: head, epoch };
		const watch = await this.#feeds.follow(conversationId, user, endOnly(stream), place);
		for (const signal of this.#presence.present(conversationId))
			stream.push(asActivity(conversationId, signal));
		const leave = this.#presence.enter(conversationId, user);
		const streams = this.#activities.get(conversationId) ?? new Set();
		this.#activities.set(conversationId, streams.add(stream));
		stream.attach(() => {
			streams.delete(stream);
			if (streams.size === 0 && this.#activities.get(conversationId) === streams)
				this.#activities.delete(conversationId);
			watch.stop('unfollowed');
			leave();
		});
		watch.pump();
		return stream;
	}

	/** @throws NotFoundError, ForbiddenError without access. */
	async setTyping(
		viewer: Viewer,
		input: { readonly conversationId: string; readonly typing: boolean },
	): Promise<void> {
		const { user } = viewer;
		const [seen] = await this.#store.conversations([input.conversationId], user.id);
		requireFull(user, seen?.conversation, seen?.membership);
		this.#presence.setTyping(input.conversationId, user, input.typing);
	}

	stop(): void {
		this.#presence.stop();
		this.#feeds.stop();
	}

	async #requireAccess({ user }: Viewer, conversationId: string): Promise<Conversation> {
		const [seen] = await this.#store.conversations([conversationId], user.id);
		if (seen === undefined || accessTo(user, seen.conversation, seen.membership) !== 'full')
			throw new NotFoundError('conversation');
		return seen.conversation;
	}

	#signal(conversationId: string, signal: ActivitySignal): void {
		const streams = this.#activities.get(conversationId);
		if (streams === undefined) return;
		const activity = asActivity(conversationId, signal);
		for (const stream of streams) stream.push(activity);
	}
}

/** A sink that cares for nothing but the end of the access. */
function endOnly(stream: ActivityStream): Sink {
	return {
		deliver: () => {},
		writable: () => true,
		// At the service's end the transport says so: a completed stream would not be opened again.
		end: (reason) => {
			if (reason !== 'stopping') stream.end(reason instanceof Error ? reason : undefined);
		},
	};
}

function asActivity(conversationId: string, signal: ActivitySignal): ConversationActivity {
	const { user } = signal;
	if (signal.kind === 'typing') return { type: 'TypingChanged', conversationId, user, typing: signal.typing };
	if (signal.kind === 'presence')
		return { type: 'PresenceChanged', conversationId, user, online: signal.online };
	return { type: 'ReadMarkerMoved', conversationId, user, sequence: signal.sequence };
}
