import type { Client } from '../support/client.ts';
import type { Action, UserName } from './model.ts';

/** How the service answered an action; fields as far as the action has them. */
export interface Answer {
	/** The type of the error. */
	readonly refusal?: string;
	readonly message?: { readonly id: string; readonly sequence: number; readonly body: string };
	readonly membership?: { readonly lastReadSequence: number };
}

/** An event as a stream brings it. */
export interface StreamEvent {
	readonly __typename: string;
	readonly sequence: number;
	readonly actor: { readonly name: string } | null;
	readonly message?: {
		readonly id: string;
		readonly sequence: number;
		readonly body: string;
		readonly internal: boolean;
		readonly deletedAt: string | null;
	};
	readonly member?: { readonly user: { readonly name: string } };
	readonly reason?: string;
	readonly resumeFrom?: number;
}

const MESSAGE = 'message { id sequence body }';
/** Field and type of input, and what its payload shows. */
const MUTATIONS = {
	join: ['joinConversation', '__typename'],
	leave: ['leaveConversation', '__typename'],
	add: ['addMember', '__typename'],
	remove: ['removeMember', '__typename'],
	send: ['sendMessage', MESSAGE],
	edit: ['editMessage', MESSAGE],
	delete: ['deleteMessage', MESSAGE],
	markRead: ['markRead', 'membership { lastReadSequence }'],
} as const satisfies Record<Action['kind'], readonly [string, string]>;

function inputOf(action: Action, conversationId: string, ids: ReadonlyMap<UserName, string>): object {
	switch (action.kind) {
		case 'join':
		case 'leave':
			return { conversationId };
		case 'add':
		case 'remove':
			return { conversationId, userId: ids.get(action.target) };
		case 'send': {
			const { body, key: clientMessageId, replyTo: replyToId, internal } = action;
			return { conversationId, body, clientMessageId, replyToId, internal };
		}
		case 'edit':
			return { messageId: action.message, body: action.body };
		case 'delete':
			return { messageId: action.message };
		case 'markRead':
			return { conversationId, sequence: action.sequence };
	}
}

/** @throws for an answer that is neither the payload nor one of the errors of the union. */
export async function ask(
	client: Client,
	action: Action,
	conversationId: string,
	ids: ReadonlyMap<UserName, string>,
): Promise<Answer> {
	const [field, payload] = MUTATIONS[action.kind];
	const type = field[0]?.toUpperCase() + field.slice(1);
	const document = `mutation Do($input: ${type}Input!) {
		${field}(input: $input) { __typename ... on ${type}Payload { ${payload} } ... on Error { code } }
	}`;
	const input = inputOf(action, conversationId, ids);
	const data = await client.query<Record<string, Answer & { readonly __typename: string }>>(document, {
		input,
	});
	const answer = data[field];
	if (answer === undefined) throw new Error(`${field} was not answered.`);
	return answer.__typename === `${type}Payload` ? answer : { refusal: answer.__typename };
}

export async function create(client: Client, isOpen: boolean, memberIds: readonly string[]): Promise<string> {
	const created = await client.query<{
		readonly createConversation: { readonly conversation: { readonly id: string } };
	}>(
		`mutation Create($input: CreateConversationInput!) { createConversation(input: $input) {
			... on CreateConversationPayload { conversation { id } } } }`,
		{ input: { visibility: isOpen ? 'OPEN' : 'PRIVATE', memberIds } },
	);
	return created.createConversation.conversation.id;
}

/** `asksForViewer` asks for what differs from viewer to viewer, so that nothing can be shared with others. */
export function followDocument(asksForViewer: boolean): string {
	return `subscription Follow($id: ID!, $after: Int) {
		conversationEvents(conversationId: $id, after: $after) {
			__typename sequence actor { name }
			... on MessageSent { message { ...Shown } }
			... on MessageEdited { message { ...Shown } }
			... on MessageDeleted { message { ...Shown } }
			... on MemberJoined { member { user { name } } }
			... on MemberLeft { member { user { name } } }
			... on HistoryReset { reason resumeFrom }
			${asksForViewer ? '... on ConversationChanged { conversation { unreadCount } }' : ''}
		}
	}
	fragment Shown on Message { id sequence body internal deletedAt }`;
}

/** What a user is shown of a conversation; the history and the members only where they may read. */
export interface Shown {
	readonly lastSequence: number;
	readonly unreadCount: number;
	readonly viewerMembership: { readonly lastReadSequence: number } | null;
	readonly members?: {
		readonly edges: readonly { readonly node: { readonly user: { readonly name: string } } }[];
	};
	readonly messages?: {
		readonly edges: readonly { readonly node: { readonly id: string; readonly body: string } }[];
	};
}

export async function show(client: Client, id: string, mayRead: boolean): Promise<Shown | null> {
	const more =
		'members(first: 100) { edges { node { user { name } } } } messages(last: 100) { edges { node { id body } } }';
	const { conversation } = await client.query<{ readonly conversation: Shown | null }>(
		`query Show($id: ID!) { conversation(id: $id) {
			lastSequence unreadCount viewerMembership { lastReadSequence } ${mayRead ? more : ''} } }`,
		{ id },
	);
	return conversation;
}
