import { Client, type Person } from '../support/client.ts';

/** A message as the service acknowledged it. */
export interface Acknowledged {
	readonly key: string;
	readonly body: string;
	readonly id: string;
	readonly sequence: number;
	readonly conversationId: string;
}

type SendResult =
	| { readonly __typename: 'SendMessagePayload'; readonly message: { id: string; sequence: number } }
	| { readonly __typename: string; readonly code: string; readonly retryable: boolean };

const SEND = `mutation Send($input: SendMessageInput!) {
	sendMessage(input: $input) {
		__typename
		... on SendMessagePayload { message { id sequence } }
		... on Error { code retryable }
	}
}`;

export interface SendInput {
	readonly conversationId: string;
	readonly body: string;
	readonly clientMessageId: string;
}

/** How one attempt ended. `lost`: no answer came, so that nobody knows. */
export type Attempt =
	| { readonly kind: 'acknowledged'; readonly message: Acknowledged }
	| { readonly kind: 'busy' }
	| { readonly kind: 'lost'; readonly code: string };

/** One attempt, given up with the signal. @throws for an answer that a sender does not expect. */
export async function attempt(
	url: string,
	person: Person,
	input: SendInput,
	signal?: AbortSignal,
): Promise<Attempt> {
	const answer = await new Client(url, person)
		.ask<{ readonly sendMessage: SendResult } | undefined>(SEND, { input }, signal)
		.catch((error: unknown) => ({ lost: codeOf(error) }));
	if ('lost' in answer) return { kind: 'lost', code: answer.lost };
	const result = answer.data?.sendMessage;
	if (result !== undefined && 'message' in result) {
		const { conversationId, body, clientMessageId: key } = input;
		return { kind: 'acknowledged', message: { conversationId, body, key, ...result.message } };
	}
	const code = result?.code ?? answer.errors?.[0]?.extensions['code'];
	if (code !== 'SERVICE_BUSY') throw new Error(`A send was answered with ${JSON.stringify(answer)}`);
	return { kind: 'busy' };
}

function codeOf(error: unknown): string {
	const cause = error instanceof Error ? (error.cause ?? error) : error;
	return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}

const HISTORY = `query History($id: ID!, $after: String) {
	conversation(id: $id) {
		lastSequence
		messages(first: 100, after: $after) {
			pageInfo { endCursor hasNextPage }
			edges { node { id sequence body clientMessageId createdAt } }
		}
	}
}`;

interface HistoryPage {
	readonly conversation: {
		readonly lastSequence: number;
		readonly messages: {
			readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
			readonly edges: readonly {
				readonly node: {
					id: string;
					sequence: number;
					body: string;
					clientMessageId: string;
					createdAt: string;
				};
			}[];
		};
	};
}

/** The whole history, oldest first, and the head. */
export async function readHistory(client: Client, conversationId: string) {
	const messages: HistoryPage['conversation']['messages']['edges'][number]['node'][] = [];
	let after: string | null = null;
	for (;;) {
		const page: HistoryPage = await client.query<HistoryPage>(HISTORY, { id: conversationId, after });
		messages.push(...page.conversation.messages.edges.map(({ node }) => node));
		const { pageInfo } = page.conversation.messages;
		if (!pageInfo.hasNextPage) return { messages, lastSequence: page.conversation.lastSequence };
		after = pageInfo.endCursor;
	}
}

const CREATE = `mutation { createConversation(input: { visibility: OPEN }) {
	... on CreateConversationPayload { conversation { id } } } }`;
const JOIN = `mutation Join($id: ID!) { joinConversation(input: { conversationId: $id }) { __typename } }`;

/** An OPEN conversation that all of these have joined. */
export async function createFor(creator: Client, members: readonly Person[]): Promise<string> {
	const created = await creator.query<{
		readonly createConversation: { readonly conversation: { id: string } };
	}>(CREATE);
	const { id } = created.createConversation.conversation;
	await Promise.all(members.map((person) => new Client(creator.url, person).query(JOIN, { id })));
	return id;
}
