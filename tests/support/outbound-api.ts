import { randomInt } from 'node:crypto';
import type { Client, Person } from './client.ts';
import type { TestService } from './service.ts';

/** A possible number that no other test has. */
export function freshNumber(): string {
	return `+1415${randomInt(1_000_000, 10_000_000)}`;
}

/** A request of POST /messages/send that nothing is wrong with. */
export function sendBody(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
	return {
		from_: freshNumber(),
		to: freshNumber(),
		type: 'sms',
		body: 'Test message',
		attachments: [],
		timestamp: '2025-05-21T18:00:00Z',
		...more,
	};
}

export interface SendAnswer {
	readonly status: number;
	readonly headers: Headers;
	readonly body: {
		readonly message: {
			readonly id: string;
			readonly sequence: number;
			readonly from: string;
			readonly to: string;
			readonly body: string;
			readonly channel: string;
			readonly attachments: readonly string[];
			readonly createdAt: string;
			readonly clientMessageId: string | null;
		};
		readonly conversation: {
			readonly id: string;
			readonly status: string;
			readonly channel: string;
			readonly lastSequence: number;
		};
		readonly status: string;
		readonly error: {
			readonly code: string;
			readonly message: string;
			readonly field?: string;
			readonly retryable: boolean;
			readonly requestId: string;
		};
	};
}

/** `body`: a text is sent as it is. */
export async function sendOverHttp(
	service: Pick<TestService, 'url'>,
	person: Person,
	body: unknown,
	headers: Readonly<Record<string, string>> = {},
): Promise<SendAnswer> {
	const response = await fetch(`${service.url}/messages/send`, {
		method: 'POST',
		headers: { authorization: `Bearer ${person.token}`, 'content-type': 'application/json', ...headers },
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});
	return {
		status: response.status,
		headers: response.headers,
		body: (await response.json()) as SendAnswer['body'],
	};
}

export interface OutsideMessage {
	readonly id: string;
	readonly sequence: number;
	readonly channel: string;
	readonly body: string;
	readonly author: { readonly name: string } | null;
	readonly contact: { readonly address: string; readonly channel: string } | null;
	readonly attachments: readonly { readonly url: string; readonly contentType: string | null }[];
	readonly delivery: {
		readonly status: string;
		readonly from: string;
		readonly to: string;
		readonly providerMessageId: string | null;
		readonly error: string | null;
	} | null;
}

const FIELDS = `id sequence channel body author { name } contact { address channel } attachments { url contentType }
	delivery { status from to providerMessageId error }`;

interface Messages {
	readonly edges: readonly { readonly node: OutsideMessage }[];
}

/** As an agent sees it. */
export async function messagesIn(agent: Client, conversationId: string): Promise<OutsideMessage[]> {
	const data = await agent.query<{ conversation: { messages: Messages } }>(
		`query ($id: ID!) { conversation(id: $id) { messages(last: 50) { edges { node { ${FIELDS} } } } } }`,
		{ id: conversationId },
	);
	return data.conversation.messages.edges.map(({ node }) => node);
}

/** What was said with a contact, in the conversations that were active last. */
export async function messagesWith(agent: Client, address: string): Promise<OutsideMessage[]> {
	const data = await agent.query<{ conversations: { edges: { node: { messages: Messages } }[] } }>(
		`{ conversations(first: 10) { edges { node { messages(last: 10) { edges { node { ${FIELDS} } } } } } } }`,
	);
	return data.conversations.edges
		.flatMap(({ node }) => node.messages.edges.map((edge) => edge.node))
		.filter(({ contact, delivery }) => contact?.address === address || delivery?.to === address);
}
