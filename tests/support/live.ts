import { ConverseDocument, FollowDocument, SendDocument, ViewerDocument } from '../generated/graphql.ts';
import type { Client, Results } from './client.ts';
import type { TestService } from './service.ts';

/** What the tests read of an event; what is not of its type is undefined. */
export interface Event {
	readonly __typename: string;
	readonly sequence: number;
	readonly conversationId: string;
	readonly message?: { readonly id: string; readonly body: string; readonly deletedAt: string | null };
	readonly member?: { readonly user: { readonly name: string } };
	readonly reason?: 'AHEAD' | 'PURGED' | 'REPLACED';
	readonly resumeFrom?: number;
}

export interface Events {
	readonly conversationEvents: Event;
}

/** Follows a conversation: `id`, `after`, `epoch`. */
export const FOLLOW: string = FollowDocument.toString().trim();

/** Follows a conversation with everything that `Event` has. */
export function follow(
	client: Client,
	id: string,
	place: { readonly after?: number; readonly epoch?: string } = {},
): Results<Events> {
	return client.subscribe<Events>(FOLLOW, { id, ...place });
}

/** The next `count` events. */
export async function take(results: Results<Events>, count: number): Promise<Event[]> {
	return (await results.take(count)).map(({ conversationEvents }) => conversationEvents);
}

/** Its events up to the message with this body, which is the last of them. */
export async function takeUntil(results: Results<Events>, body: string): Promise<Event[]> {
	const taken: Event[] = [];
	while (taken.at(-1)?.message?.body !== body) taken.push(...(await take(results, 1)));
	return taken;
}

export interface Conversation {
	readonly id: string;
	readonly epoch: string;
	readonly lastSequence: number;
}

/** A conversation of its creator with these members, at once with their joining. */
export async function converse(creator: Client, members: readonly Client[] = []): Promise<Conversation> {
	const memberIds = await Promise.all(members.map(userId));
	const { createConversation } = await creator.query(ConverseDocument, { input: { memberIds } });
	if ('code' in createConversation) throw new Error(`No conversation: ${createConversation.code}`);
	return createConversation.conversation;
}

/** The caller's user id. */
export async function userId(client: Client): Promise<string> {
	return (await client.query(ViewerDocument)).viewer.id;
}

export interface Sent {
	readonly id: string;
	readonly sequence: number;
}

/** Sends, and fails unless it is acknowledged. */
export async function send(
	client: Client,
	conversationId: string,
	body: string,
	more: { readonly clientMessageId?: string; readonly internal?: boolean } = {},
): Promise<Sent> {
	const { sendMessage } = await client.query(SendDocument, { input: { conversationId, body, ...more } });
	if ('code' in sendMessage) throw new Error(`The send was refused: ${sendMessage.code}`);
	return sendMessage.message;
}

/** Runs a mutation of one input and fails on an error of its union; `operation` is the field's name. */
export async function mutate(
	client: Client,
	operation: string,
	input: Readonly<Record<string, unknown>>,
): Promise<void> {
	const type = `${operation[0]?.toUpperCase()}${operation.slice(1)}Input`;
	const data = await client.query<Record<string, { code?: string; reason?: string }>>(
		`mutation($input: ${type}!) { ${operation}(input: $input) {
			__typename ... on Error { code reason: message } } }`,
		{ input },
	);
	const { code, reason } = data[operation] ?? {};
	if (code !== undefined) throw new Error(`${operation} was refused: ${code} ${reason}`);
}

/** A number of GET /metrics: the sample whose line begins with `sample`, 0 where there is none. */
export async function metric(service: Pick<TestService, 'url'>, sample: string): Promise<number> {
	const text = await (await fetch(`${service.url}/metrics`)).text();
	const line = text.split('\n').find((candidate) => candidate.startsWith(`${sample} `));
	return line === undefined ? 0 : Number(line.slice(sample.length + 1));
}

/** Asks again until the answer is the one expected; the test's time limit is its end. */
export async function eventually<Value>(ask: () => Value | Promise<Value>, expected: Value): Promise<void> {
	for (;;) {
		if ((await ask()) === expected) return;
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}

export function range(from: number, to: number): number[] {
	return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
