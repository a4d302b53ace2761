import type { Client } from './client.ts';

/** What the tests read of each type. Every mutation's payload is read whole, so that a fault in any field shows. */
export interface UserView {
	readonly id: string;
	readonly subject: string;
	readonly name: string;
}

export interface MembershipView {
	readonly user: UserView;
	readonly joinedAt: string;
	readonly leftAt: string | null;
	readonly lastReadSequence: number;
}

export interface ConversationView {
	readonly id: string;
	readonly subject: string | null;
	readonly channel: string;
	readonly status: string;
	readonly visibility: string;
	readonly lastSequence: number;
	readonly closedAt: string | null;
	readonly createdAt: string;
	readonly lastActivityAt: string;
	readonly unreadCount: number;
	readonly viewerMembership: MembershipView | null;
}

export interface MessageView {
	readonly id: string;
	readonly sequence: number;
	readonly author: UserView | null;
	readonly body: string;
	readonly createdAt: string;
	readonly editedAt: string | null;
	readonly deletedAt: string | null;
	readonly clientMessageId: string | null;
	readonly internal: boolean;
	readonly channel: string;
	readonly replyTo: { readonly id: string } | null;
}

export interface EventView {
	readonly __typename: string;
	readonly sequence: number;
	readonly actor: UserView | null;
	readonly message?: MessageView;
	readonly member?: MembershipView;
}

interface Payloads {
	readonly createConversation: { readonly conversation: ConversationView };
	readonly joinConversation: {
		readonly conversation: ConversationView;
		readonly membership: MembershipView;
	};
	readonly leaveConversation: { readonly conversation: ConversationView };
	readonly addMember: { readonly conversation: ConversationView; readonly membership: MembershipView };
	readonly removeMember: { readonly conversation: ConversationView; readonly membership: MembershipView };
	readonly closeConversation: { readonly conversation: ConversationView };
	readonly sendMessage: { readonly message: MessageView };
	readonly editMessage: { readonly message: MessageView };
	readonly deleteMessage: { readonly message: MessageView };
	readonly markRead: { readonly membership: MembershipView };
	readonly setTyping: { readonly conversationId: string };
}

export type Mutation = keyof Payloads;

export interface Refusal {
	readonly __typename: string;
	readonly code: string;
	readonly reason: string;
	readonly retryable: boolean;
	readonly field?: string;
	readonly retryAfter?: number;
	readonly missed?: readonly MessageView[];
}

const USER = 'id subject name';
const MEMBERSHIP = `user { ${USER} } joinedAt leftAt lastReadSequence`;
export const CONVERSATION = `id subject channel status visibility lastSequence closedAt createdAt lastActivityAt
	unreadCount viewerMembership { ${MEMBERSHIP} }`;
export const MESSAGE = `id sequence author { ${USER} } body createdAt editedAt deletedAt clientMessageId internal
	channel replyTo { id }`;

const conversation = `conversation { ${CONVERSATION} }`;
const membership = `membership { ${MEMBERSHIP} }`;
const message = `message { ${MESSAGE} }`;
const SELECTIONS: Record<Mutation, string> = {
	createConversation: conversation,
	joinConversation: `${conversation} ${membership}`,
	leaveConversation: conversation,
	addMember: `${conversation} ${membership}`,
	removeMember: `${conversation} ${membership}`,
	closeConversation: conversation,
	sendMessage: message,
	editMessage: message,
	deleteMessage: message,
	markRead: membership,
	setTyping: 'conversationId',
};

/** The document of a mutation: its whole payload, and all that its errors say. */
export function documentOf(mutation: Mutation): string {
	const type = mutation.charAt(0).toUpperCase() + mutation.slice(1);
	const moved = mutation === 'sendMessage' ? `... on ConversationMovedError { missed { ${MESSAGE} } }` : '';
	return `mutation ($input: ${type}Input!) {
		result: ${mutation}(input: $input) {
			__typename
			... on ${type}Payload { ${SELECTIONS[mutation]} }
			... on Error { code reason: message retryable }
			... on InvalidInputError { field }
			... on ServiceBusyError { retryAfter }
			${moved}
		}
	}`;
}

type Input = Readonly<Record<string, unknown>>;

/** The payload or the error, whichever it is. */
export async function attempt<Name extends Mutation>(
	client: Client,
	mutation: Name,
	input: Input,
): Promise<Payloads[Name] | Refusal> {
	const { result } = await client.query<{ result: Payloads[Name] | Refusal }>(documentOf(mutation), {
		input,
	});
	return result;
}

/** The payload of a mutation that must succeed. */
export async function perform<Name extends Mutation>(
	client: Client,
	mutation: Name,
	input: Input,
): Promise<Payloads[Name]> {
	const result = await attempt(client, mutation, input);
	if ('code' in result)
		throw new Error(`${mutation} of ${client.person.name}: ${result.code} ${result.reason}`);
	return result;
}

/** The error of a mutation that must be refused. */
export async function refusal(client: Client, mutation: Mutation, input: Input): Promise<Refusal> {
	const result = await attempt(client, mutation, input);
	if ('code' in result) return result;
	throw new Error(`${mutation} of ${client.person.name} was not refused: ${JSON.stringify(result)}`);
}

export async function createConversation(client: Client, input: Input = {}): Promise<ConversationView> {
	return (await perform(client, 'createConversation', input)).conversation;
}

export async function send(
	client: Client,
	conversationId: string,
	body: string,
	more: Input = {},
): Promise<MessageView> {
	return (await perform(client, 'sendMessage', { conversationId, body, ...more })).message;
}

/** The user's global id, for `memberIds` and `userId`; the user exists from then on. */
export async function userIdOf(client: Client): Promise<string> {
	return (await client.query<{ viewer: UserView }>('{ viewer { id } }')).viewer.id;
}

export async function look(client: Client, id: string): Promise<ConversationView | null> {
	const { conversation } = await client.query<{ conversation: ConversationView | null }>(
		`query ($id: ID!) { conversation(id: $id) { ${CONVERSATION} } }`,
		{ id },
	);
	return conversation;
}

/** The conversation, which the client must be able to see. */
export async function see(client: Client, id: string): Promise<ConversationView> {
	const seen = await look(client, id);
	if (seen === null) throw new Error(`${client.person.name} does not see the conversation.`);
	return seen;
}

/** The newest 100 messages, oldest first. */
export async function history(client: Client, id: string): Promise<readonly MessageView[]> {
	const { conversation } = await client.query<{
		conversation: { messages: { edges: { node: MessageView }[] } };
	}>(`query ($id: ID!) { conversation(id: $id) { messages(last: 100) { edges { node { ${MESSAGE} } } } } }`, {
		id,
	});
	return conversation.messages.edges.map(({ node }) => node);
}

/** The present members' subjects, longest present first. */
export async function members(client: Client, id: string): Promise<readonly string[]> {
	const { conversation } = await client.query<{
		conversation: { members: { edges: { node: MembershipView }[] } };
	}>(`query ($id: ID!) { conversation(id: $id) { members { edges { node { ${MEMBERSHIP} } } } } }`, { id });
	return conversation.members.edges.map(({ node }) => node.user.subject);
}

const EVENTS = `subscription ($id: ID!, $after: Int) {
	conversationEvents(conversationId: $id, after: $after) {
		__typename
		sequence
		actor { ${USER} }
		... on MessageSent { message { ${MESSAGE} } }
		... on MessageEdited { message { ${MESSAGE} } }
		... on MessageDeleted { message { ${MESSAGE} } }
		... on MemberJoined { member { ${MEMBERSHIP} } }
		... on MemberLeft { member { ${MEMBERSHIP} } }
	}
}`;

/** The log as the client may see it, up to the sequence `upTo`, which must be of an event that the client sees. */
export async function log(client: Client, id: string, upTo: number): Promise<readonly EventView[]> {
	const following = client.subscribe<{ conversationEvents: EventView }>(EVENTS, { id, after: 0 });
	const events: EventView[] = [];
	while ((events.at(-1)?.sequence ?? 0) < upTo) {
		const { data, errors } = await following.next();
		if (!data) throw new Error(JSON.stringify(errors));
		events.push(data.conversationEvents);
	}
	following.stop();
	return events;
}
