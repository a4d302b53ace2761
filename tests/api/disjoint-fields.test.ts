import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

interface Sent {
	readonly sendMessage:
		| { readonly __typename: 'SendMessagePayload'; readonly message: { readonly sequence: number } }
		| { readonly __typename: string; readonly code: string; readonly message: string };
}

/** As the documents show it: one selection that handles the payload and every error. */
const SEND = `mutation ($conversationId: ID!, $body: String!) {
	sendMessage(input: { conversationId: $conversationId, body: $body }) {
		__typename
		... on SendMessagePayload { message { id sequence } }
		... on Error { code message retryable }
	}
}`;

let service: TestService;
let alice: Client;
let conversationId: string;

beforeAll(async () => {
	service = await startService();
	alice = await service.client('Alice');
	const created = await alice.query<{ createConversation: { conversation: { id: string } } }>(
		'mutation { createConversation(input: {}) { ... on CreateConversationPayload { conversation { id } } } }',
	);
	conversationId = created.createConversation.conversation.id;
});

afterAll(() => service.stop());

test('a payload and an error may both have a `message`, however often the document comes', async () => {
	for (let run = 0; run < 5; run++) {
		const stored = await alice.query<Sent>(SEND, { conversationId, body: 'hello' });
		expect(stored.sendMessage).toMatchObject({
			__typename: 'SendMessagePayload',
			message: { sequence: 3 + run },
		});
		const refused = await alice.query<Sent>(SEND, { conversationId, body: ' ' });
		expect(refused.sendMessage).toMatchObject({ code: 'INVALID_INPUT', message: 'body must not be blank.' });
	}
});

test('two types under one name are refused where one object can have both', async () => {
	const { status, errors } = await alice.ask('{ viewer { id: role ... on Node { id } } }');
	expect(status).toBe(400);
	expect(errors?.[0]?.message).toContain('conflict');
});
