import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { KyselyConversationStore } from '../../src/store/conversation-store.ts';
import { createConversation, history, members, perform, send, userIdOf } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;
let agent: Client;
let conversationId: string;

beforeAll(async () => {
	service = await startService();
	alice = await service.client('Alice');
	agent = await service.client('Agent', 'AGENT');
});
afterAll(() => service.stop());
beforeEach(async () => {
	conversationId = (await createConversation(agent, { memberIds: [await userIdOf(alice)] })).id;
	await send(agent, conversationId, 'For Alice');
});
afterEach(() => vi.restoreAllMocks());

/** Between the look at the membership and the reading of the page. */
function before(page: 'history' | 'members', work: () => Promise<unknown>): void {
	const { prototype } = KyselyConversationStore;
	const read = prototype[page];
	vi.spyOn(prototype, page).mockImplementationOnce(async function (
		this: KyselyConversationStore,
		...args: Parameters<typeof read>
	) {
		await work();
		return Reflect.apply(read, this, args) as never;
	});
}

async function removeAlice(): Promise<void> {
	await perform(agent, 'removeMember', { conversationId, subject: alice.person.subject });
	await send(agent, conversationId, 'Not for Alice');
}

test.each([
	['history', 'messages { edges { node { body } } }'],
	['members', 'members { edges { node { user { name } } } }'],
] as const)('one who is removed before the %s is read gets none of it', async (page, selection) => {
	before(page, removeAlice);
	const { data, errors } = await alice.ask<unknown>(
		`query ($id: ID!) { conversation(id: $id) { ${selection} } }`,
		{ id: conversationId },
	);
	expect(data).toEqual({ conversation: null });
	expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
});

test('one who stays gets what was written meanwhile', async () => {
	before('history', () => send(agent, conversationId, 'For Alice, too'));
	expect((await history(alice, conversationId)).map(({ body }) => body)).toEqual([
		'For Alice',
		'For Alice, too',
	]);
	expect(await members(alice, conversationId)).toHaveLength(2);
});

test('an agent’s page needs no look at the membership', async () => {
	const look = vi.spyOn(KyselyConversationStore.prototype, 'memberships');
	await history(agent, conversationId);
	expect(look).not.toHaveBeenCalled();
});
