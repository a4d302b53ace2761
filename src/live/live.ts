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
import type { Roster } from './roster.ts';
import type { PresenceSignal } from './view.ts';

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

	constructor(store: ConversationStore, bus: Bus, roster: Roster, options: LiveOptions) {
		this.#store = store;
		this.#bus = bus;
		this.#options = options;
		this.#feeds = new Feeds(store, bus, { ...options, onSignal: (id, signal) => this.#hear(id, signal) });
		this.#presence = new Presence(roster, {
			typingTtlMs: options.typingTtlMs,
			publish: (conversationId, sighting) =>
				bus.publish(conversationId, { kind: 'activity', signal: { kind: 'sighting', sighting } }),
			tell: (conversationId, signal) => this.#tell(asActivity(conversationId, signal)),
		});
	}

	/** Reads which log this is, and begins the slow beat. */
	start(): Promise<void> {
		this.#bus.onInterruption(() => void this.#presence.compare());
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
		for (const event of events) this.#endTypingOfLeaver(event);
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
		const sink = watchingSink(stream, (event) => this.#endTypingOfLeaver(event));
		const follower = await this.#feeds.follow(conversationId, user, sink, place);
		const { view, stop } = await this.#presence.watch(conversationId);
		for (const signal of view.present()) stream.push(asActivity(conversationId, signal));
		const streams = this.#activities.get(conversationId) ?? new Set();
		this.#activities.set(conversationId, streams.add(stream));
		const leave = this.#presence.enter(conversationId, user);
		stream.attach(() => {
			streams.delete(stream);
			if (streams.size === 0 && this.#activities.get(conversationId) === streams)
				this.#activities.delete(conversationId);
			follower.stop('unfollowed');
			stop();
			leave();
		});
		follower.pump();
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

	#hear(conversationId: string, signal: ActivitySignal): void {
		if (signal.kind === 'sighting') this.#presence.hear(conversationId, signal.sighting);
		else {
			const { user, sequence } = signal;
			this.#tell({ type: 'ReadMarkerMoved', conversationId, user, sequence });
		}
	}

	#tell(activity: ConversationActivity): void {
		for (const stream of this.#activities.get(activity.conversationId) ?? []) stream.push(activity);
	}

	#endTypingOfLeaver({ type, conversationId, memberId }: ConversationEvent): void {
		if (type === 'MemberLeft' && memberId !== null) this.#presence.endTyping(conversationId, memberId);
	}
}

/** A sink that cares for those who leave, and for the end of its own access. */
function watchingSink(stream: ActivityStream, onEvent: (event: ConversationEvent) => void): Sink {
	return {
		deliver: ({ event }) => {
			if (event.type !== 'HistoryReset') onEvent(event);
		},
		writable: () => true,
		// At the service's end the transport says so: a completed stream would not be opened again.
		end: (reason) => {
			if (reason !== 'stopping') stream.end(reason instanceof Error ? reason : undefined);
		},
	};
}

function asActivity(conversationId: string, signal: PresenceSignal): ConversationActivity {
	const { user } = signal;
	return signal.kind === 'typing'
		? { type: 'TypingChanged', conversationId, user, typing: signal.typing }
		: { type: 'PresenceChanged', conversationId, user, online: signal.online };
}
