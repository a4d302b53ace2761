import { type OperationName, requestBody } from './operations.ts';

/** A signed-in user of one server, for preparing and checking a round. Nothing here is measured. */
export interface Caller {
	readonly url: string;
	readonly token: string;
}

/** Posts one operation and gives its `data`. Throws with the server's answer when there is none. */
async function call<Data>(
	caller: Caller,
	name: OperationName,
	variables: Record<string, unknown>,
): Promise<Data> {
	const response = await fetch(caller.url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', authorization: `Bearer ${caller.token}` },
		body: requestBody(name, variables),
	});
	const text = await response.text();
	const { data, errors } = parseJson(text) as { data?: Data; errors?: unknown };
	if (!data || errors) throw new Error(`${name} at ${caller.url}: ${response.status} ${text.slice(0, 500)}`);
	return data;
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return {};
	}
}

interface Result {
	readonly __typename: string;
	readonly conversation?: { readonly id: string };
	readonly problem?: string;
}

function conversationOf(result: Result): string {
	if (!result.conversation) throw new Error(`${result.__typename}: ${result.problem}`);
	return result.conversation.id;
}

/** Creates an OPEN conversation and gives its id. */
export async function createConversation(caller: Caller, subject: string): Promise<string> {
	const input = { subject, visibility: 'OPEN', channel: 'CHAT' };
	const data = await call<{ createConversation: Result }>(caller, 'CreateConversation', { input });
	return conversationOf(data.createConversation);
}

export async function joinConversation(caller: Caller, conversationId: string): Promise<void> {
	const input = { conversationId };
	const data = await call<{ joinConversation: Result }>(caller, 'JoinConversation', { input });
	conversationOf(data.joinConversation);
}

/** The newest sequence of a conversation. */
export async function headOf(caller: Caller, id: string): Promise<number> {
	interface Head {
		readonly conversation: { readonly lastSequence: number };
	}
	return (await call<Head>(caller, 'Head', { id })).conversation.lastSequence;
}

interface KeysPage {
	readonly conversation: {
		readonly messages: {
			readonly edges: readonly { readonly node: { readonly clientMessageId: string | null } }[];
			readonly pageInfo: { readonly hasPreviousPage: boolean; readonly startCursor: string | null };
		};
	} | null;
}

/**
 * The clientMessageIds of a conversation's newest messages, newest page first, down to the first page that holds
 * none with the prefix. Only those with the prefix are given, doubles included.
 */
export async function storedKeys(caller: Caller, id: string, prefix: string): Promise<string[]> {
	const keys: string[] = [];
	let before: string | null = null;
	for (;;) {
		const page: KeysPage = await call<KeysPage>(caller, 'HistoryKeys', { id, before });
		const { conversation } = page;
		if (!conversation) throw new Error(`${caller.url} does not show conversation ${id}.`);
		const { edges, pageInfo } = conversation.messages;
		const found = edges.flatMap(({ node }) =>
			node.clientMessageId?.startsWith(prefix) ? [node.clientMessageId] : [],
		);
		keys.push(...found);
		if (found.length === 0 || !pageInfo.hasPreviousPage) return keys;
		before = pageInfo.startCursor;
	}
}
