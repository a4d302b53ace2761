import type { GraphQLFormattedError } from 'graphql';
import { expect } from 'vitest';
import type { Client } from '../support/client.ts';
import { followDocument, type StreamEvent } from './api.ts';
import { couldReadAt, isAgent, type ModelConversation, maySee, type UserName } from './model.ts';

const PATIENCE_MS = 60_000;

/** @throws when it takes too long. */
export async function within<T>(promise: Promise<T>, what: () => string): Promise<T> {
	const { promise: late, reject } = Promise.withResolvers<never>();
	const timer = setTimeout(() => reject(new Error(`Waited in vain for ${what()}`)), PATIENCE_MS);
	try {
		return await Promise.race([promise, late]);
	} finally {
		clearTimeout(timer);
	}
}

type End = 'open' | 'complete' | 'cut' | 'refused' | `failed with ${string}`;

/** One subscription, all that it brought, and between which heads its access was checked. */
export class Stream {
	readonly user: UserName;
	readonly conversationId: string;
	readonly after: number | undefined;
	readonly events: StreamEvent[] = [];
	/** The head before it was asked for. */
	readonly earliest: number;
	/** The head when it is known to have begun; until then, whatever the head is. */
	latest: number | undefined;
	end: End = 'open';
	#changed = Promise.withResolvers<void>();

	constructor(
		client: Client,
		place: {
			readonly user: UserName;
			readonly conversationId: string;
			readonly after: number | undefined;
			readonly asksForViewer: boolean;
			readonly head: number;
		},
	) {
		this.user = place.user;
		this.conversationId = place.conversationId;
		this.after = place.after;
		this.earliest = place.head;
		const variables = { id: place.conversationId, ...(place.after !== undefined && { after: place.after }) };
		void this.#read(client, followDocument(place.asksForViewer), variables);
	}

	/** The user's connection is lost: what it brought so far is all. */
	cut(): void {
		if (this.end === 'open') this.end = 'cut';
	}

	get hasBegun(): boolean {
		return this.events.length > 0 || this.end !== 'open';
	}

	async until(isReached: () => boolean, what: string): Promise<void> {
		const reach = async () => {
			while (!isReached()) await this.#changed.promise;
		};
		await within(reach(), () => `${what}: ${this.describe()}`);
	}

	describe(): string {
		const { user, after, earliest, latest, end, events } = this;
		const brought = events.map(({ sequence, __typename }) => `${sequence} ${__typename}`);
		return JSON.stringify({ user, after, earliest, latest, end, brought });
	}

	async #read(client: Client, document: string, variables: Readonly<Record<string, unknown>>): Promise<void> {
		const results = client.subscribe<{ readonly conversationEvents: StreamEvent }>(document, variables);
		for (;;) {
			const result = await results.next().catch(() => undefined);
			if (result === undefined) break;
			if (this.end !== 'open') continue;
			if (result.errors) this.#refuse(result.errors);
			else if (result.data) this.events.push(result.data.conversationEvents);
			this.#wake();
		}
		const reason = await results.ended;
		if (this.end === 'open' && reason === undefined) this.end = 'complete';
		else if (this.end === 'open') this.#refuse(reason);
		this.#wake();
	}

	/** Without access the answer is NOT_FOUND; whatever else it is goes into the description. */
	#refuse(reason: unknown): void {
		const [error] = Array.isArray(reason) ? (reason as readonly GraphQLFormattedError[]) : [];
		const isNotFound = error?.extensions?.['code'] === 'NOT_FOUND';
		this.end = isNotFound ? 'refused' : `failed with ${JSON.stringify(reason)}`;
	}

	#wake(): void {
		this.#changed.resolve();
		this.#changed = Promise.withResolvers<void>();
	}
}

interface Expected {
	/** The head told by a HistoryReset before anything else. */
	readonly resetTo: number | undefined;
	readonly sequences: readonly number[];
	readonly completes: boolean;
}

/** What a stream brings whose access was checked when the log ended at `head`; undefined: it is refused. */
function expectedFrom(conversation: ModelConversation, stream: Stream, head: number): Expected | undefined {
	const { user, after } = stream;
	if (!couldReadAt(conversation, user, head)) return undefined;
	const resetTo = after !== undefined && after > head ? head : undefined;
	const start = resetTo ?? after ?? head;
	const departure = isAgent(user)
		? undefined
		: conversation.log.find(
				({ sequence, type, member }) => sequence > head && type === 'MemberLeft' && member === user,
			);
	const sequences = conversation.log
		.filter((event) => event.sequence > start && maySee(user, event))
		.map(({ sequence }) => sequence)
		.filter((sequence) => sequence <= (departure?.sequence ?? Number.POSITIVE_INFINITY));
	return { resetTo, sequences, completes: departure !== undefined };
}

function matches(stream: Stream, expected: Expected | undefined): boolean {
	const { events, end } = stream;
	if (end === 'cut' && events.length === 0) return true;
	if (expected === undefined) return end === 'refused' && events.length === 0;
	const [first] = events;
	const isReset = first?.__typename === 'HistoryReset';
	if (isReset) {
		const { reason, resumeFrom, sequence } = first;
		if (reason !== 'AHEAD' || resumeFrom !== expected.resetTo || sequence !== expected.resetTo) return false;
	} else if (expected.resetTo !== undefined) return false;
	const brought = events.slice(isReset ? 1 : 0).map(({ sequence }) => sequence);
	const isPrefix = brought.every((sequence, index) => sequence === expected.sequences[index]);
	if (end === 'cut') return isPrefix;
	const isWhole = isPrefix && brought.length === expected.sequences.length;
	return isWhole && end === (expected.completes ? 'complete' : 'open');
}

/** A stream brought what it had to, for some head at which its access can have been checked. */
export function checkStream(conversation: ModelConversation, stream: Stream): void {
	const latest = stream.latest ?? conversation.log.length;
	const heads = Array.from({ length: latest - stream.earliest + 1 }, (_, index) => stream.earliest + index);
	const fits = heads.some((head) => matches(stream, expectedFrom(conversation, stream, head)));
	if (!fits) {
		const expected = heads.map((head) => ({ head, ...expectedFrom(conversation, stream, head) }));
		throw new Error(
			`The stream ${stream.describe()} brought none of ${JSON.stringify(expected)}. The log: ` +
				conversation.log
					.map(({ sequence, type, member }) => `${sequence} ${type} ${member ?? ''}`)
					.join(', '),
		);
	}
	for (const event of stream.events) if (event.__typename !== 'HistoryReset') checkEvent(conversation, event);
}

/** An event says what the log says, and its message is in its state at the event or later, never earlier. */
export function checkEvent(conversation: ModelConversation, event: StreamEvent): void {
	const logged = conversation.log[event.sequence - 1];
	expect({
		type: event.__typename,
		actor: event.actor?.name,
		message: event.message?.id,
		member: event.member?.user.name,
	}).toEqual({ type: logged?.type, actor: logged?.actor, message: logged?.message, member: logged?.member });
	if (event.message === undefined) return;
	const message = conversation.messages.get(event.message.id);
	expect(event.message).toMatchObject({ sequence: message?.sequence, internal: message?.internal });
	const shown = { body: event.message.body, deleted: event.message.deletedAt !== null };
	const earliest = message?.states.findIndex(({ sequence }) => sequence >= event.sequence) ?? 0;
	const possible = message?.states.slice(earliest).map(({ body, deleted }) => ({ body, deleted })) ?? [];
	expect(possible, `${event.__typename} ${event.sequence}`).toContainEqual(shown);
}
