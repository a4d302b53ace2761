import {
	AddMemberDocument,
	CancelDeliveryDocument,
	CloseConversationDocument,
	type ConversationFieldsFragment as ConversationView,
	CreateConversationDocument,
	DeleteMessageDocument,
	EditMessageDocument,
	HistoryDocument,
	JoinConversationDocument,
	LeaveConversationDocument,
	LogDocument,
	LookDocument,
	MarkReadDocument,
	MembersDocument,
	type MembershipFieldsFragment as MembershipView,
	type MessageFieldsFragment as MessageView,
	RedriveDeliveryDocument,
	RemoveMemberDocument,
	SendMessageDocument,
	SendOutboundMessageDocument,
	SetTypingDocument,
	type TypedDocumentString,
	type UserFieldsFragment as UserView,
	ViewerDocument,
} from '../generated/graphql.ts';
import type { Client } from './client.ts';

export type { ConversationView, MembershipView, MessageView, UserView };

const DOCUMENTS = {
	createConversation: CreateConversationDocument,
	joinConversation: JoinConversationDocument,
	leaveConversation: LeaveConversationDocument,
	addMember: AddMemberDocument,
	removeMember: RemoveMemberDocument,
	closeConversation: CloseConversationDocument,
	sendMessage: SendMessageDocument,
	editMessage: EditMessageDocument,
	deleteMessage: DeleteMessageDocument,
	markRead: MarkReadDocument,
	setTyping: SetTypingDocument,
	sendOutboundMessage: SendOutboundMessageDocument,
	redriveDelivery: RedriveDeliveryDocument,
	cancelDelivery: CancelDeliveryDocument,
};

export type Mutation = keyof typeof DOCUMENTS;
type Result<Name extends Mutation> =
	(typeof DOCUMENTS)[Name] extends TypedDocumentString<{ readonly result: infer Answer }, never>
		? Answer
		: never;
type Payload<Name extends Mutation> = Extract<
	Result<Name>,
	{ readonly __typename: `${Capitalize<Name>}Payload` }
>;

/** What the errors of all mutations say; what is not of its type is undefined. */
export interface Refusal {
	readonly __typename: string;
	readonly code: string;
	readonly reason: string;
	readonly retryable: boolean;
	readonly field?: string | null;
	readonly retryAfter?: number;
	readonly status?: string;
	readonly missed?: readonly MessageView[];
}

/** What the tests read of an event; what is not of its type is undefined. */
export interface EventView {
	readonly __typename: string;
	readonly sequence: number;
	readonly actor: UserView | null;
	readonly message?: MessageView;
	readonly member?: MembershipView;
}

/** The document of a mutation: its whole payload as `result`, and all that its errors say. */
export function documentOf(mutation: Mutation): string {
	return DOCUMENTS[mutation].toString();
}

type Input = Readonly<Record<string, unknown>>;

/** The payload or the error, whichever it is. `input` may be what the schema does not take. */
export async function attempt<Name extends Mutation>(
	client: Client,
	mutation: Name,
	input: Input,
): Promise<Payload<Name> | Refusal> {
	const { result } = await client.query<{ readonly result: Payload<Name> | Refusal }>(documentOf(mutation), {
		input,
	});
	return result;
}

/** The payload of a mutation that must succeed. */
export async function perform<Name extends Mutation>(
	client: Client,
	mutation: Name,
	input: Input,
): Promise<Payload<Name>> {
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
	return (await client.query(ViewerDocument)).viewer.id;
}

export async function look(client: Client, id: string): Promise<ConversationView | null> {
	return (await client.query(LookDocument, { id })).conversation;
}

/** The conversation, which the client must be able to see. */
export async function see(client: Client, id: string): Promise<ConversationView> {
	const seen = await look(client, id);
	if (seen === null) throw unseen(client);
	return seen;
}

function unseen(client: Client): Error {
	return new Error(`${client.person.name} does not see the conversation.`);
}

/** The newest 100 messages, oldest first. */
export async function history(client: Client, id: string): Promise<readonly MessageView[]> {
	const { conversation } = await client.query(HistoryDocument, { id });
	if (conversation === null) throw unseen(client);
	return conversation.messages.edges.map(({ node }) => node);
}

/** The present members' subjects, longest present first. */
export async function members(client: Client, id: string): Promise<readonly string[]> {
	const { conversation } = await client.query(MembersDocument, { id });
	if (conversation === null) throw unseen(client);
	return conversation.members.edges.map(({ node }) => node.user.subject);
}

/** The log as the client may see it, up to the sequence `upTo`, which must be of an event that the client sees. */
export async function log(client: Client, id: string, upTo: number): Promise<readonly EventView[]> {
	const following = client.subscribe(LogDocument, { id, after: 0 });
	const events: EventView[] = [];
	while ((events.at(-1)?.sequence ?? 0) < upTo) {
		const { data, errors } = await following.next();
		if (!data) throw new Error(JSON.stringify(errors));
		events.push(data.conversationEvents);
	}
	following.stop();
	return events;
}
