import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { KyselyConversationStore } from '../../src/store/conversation-store.ts';
import { attempt, createConversation, history, see, send } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;

beforeAll(async () => {
	service = await startService({ MAX_QUEUED_SENDS: '1', LOG_LEVEL: 'silent' });
	alice = await service.client('Alice');
});
afterAll(() => service.stop());
afterEach(() => vi.restoreAllMocks());

describe('a defect', () => {
	const SECRET = 'near "selec": syntax error in select secret from /etc/passwd';

	test('is masked: a code, the request’s id, and nothing of what it was', async () => {
		const { id } = await createConversation(alice);
		vi.spyOn(KyselyConversationStore.prototype, 'history').mockRejectedValueOnce(new Error(SECRET));
		const { status, headers, data, errors } = await alice.ask<unknown>(
			'query ($id: ID!) { conversation(id: $id) { id messages { edges { cursor } } } }',
			{ id },
		);
		expect(status).toBe(200);
		expect(data).toEqual({ conversation: null });
		const requestId = headers.get('x-request-id');
		expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL', requestId } }]);
		expect(Object.keys(errors?.[0]?.extensions ?? {}).toSorted()).toEqual(['code', 'requestId']);
		expect(JSON.stringify(errors)).not.toMatch(/selec|passwd|stack|\.ts/);
	});

	test('in a mutation is masked, stores nothing, and the service goes on', async () => {
		const { id, lastSequence } = await createConversation(alice);
		vi.spyOn(KyselyConversationStore.prototype, 'transact').mockRejectedValue(new Error(SECRET));
		const { errors } = await alice.ask(
			'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }',
			{ input: { conversationId: id, body: 'Lost' } },
		);
		expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
		expect(JSON.stringify(errors)).not.toMatch(/selec|passwd|stack|\.ts/);
		vi.restoreAllMocks();
		expect((await send(alice, id, 'Kept')).sequence).toBe(lastSequence + 1);
	});

	test('in a subscription is masked', async () => {
		const { id } = await createConversation(alice);
		vi.spyOn(KyselyConversationStore.prototype, 'conversations').mockRejectedValueOnce(new Error(SECRET));
		const following = alice.subscribe(
			'subscription ($id: ID!) { conversationEvents(conversationId: $id) { sequence } }',
			{ id },
		);
		const { errors } = await following.next();
		expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL', requestId: expect.any(String) } }]);
		expect(JSON.stringify(errors)).not.toMatch(/selec|passwd|stack|\.ts/);
	});
});

test('when the queue is full a send is refused at once as busy, and those before it are stored', async () => {
	const { id, lastSequence } = await createConversation(alice);
	let begin: () => void = () => {};
	const begun = new Promise<void>((resolve) => {
		begin = resolve;
	});
	let open: () => void = () => {};
	const opened = new Promise<void>((resolve) => {
		open = resolve;
	});
	const { transact } = KyselyConversationStore.prototype;
	vi.spyOn(KyselyConversationStore.prototype, 'transact').mockImplementation(async function (
		this: KyselyConversationStore,
		work,
	) {
		begin();
		await opened;
		return transact.call(this, work) as never;
	});

	const committing = send(alice, id, 'Committing');
	await begun;
	// One of the two waits in the queue, which has one place; the other is answered while nothing can be committed.
	const both = ['a', 'b'].map((body) => attempt(alice, 'sendMessage', { conversationId: id, body }));
	const refused = await Promise.race(both);
	expect(refused).toMatchObject({
		__typename: 'ServiceBusyError',
		code: 'SERVICE_BUSY',
		retryable: true,
		retryAfter: expect.any(Number),
	});
	open();
	const stored = (await Promise.all(both)).filter((answer) => 'message' in answer);
	expect(stored).toHaveLength(1);
	expect((await committing).sequence).toBe(lastSequence + 1);
	expect(await history(alice, id)).toHaveLength(2);
	expect((await see(alice, id)).lastSequence).toBe(lastSequence + 2);
	await send(alice, id, 'Afterwards');
});
