import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { history, perform } from '../support/chat.ts';
import { Client } from '../support/client.ts';
import { createTestDatabase, databasesFor, type TestDatabase } from '../support/databases.ts';
import { converse, follow, range, send, take, takeUntil, userId } from '../support/live.ts';
import { startService, type TestService } from '../support/service.ts';
import { exportText, importText, linesOf } from '../support/transfer.ts';

const TEXTS = [
	'🦊👩‍👩‍👧‍👦🏳️‍🌈 and 𝔘𝔫𝔦𝔠𝔬𝔡𝔢',
	'שלום עולם — مرحبا بالعالم \u202eright to left\u202c',
	`quotes ' " \` and \\ backslash \\n, ? % _ $1 @p1 :x {} [] ;-- /* */`,
	'  blanks before and behind  ',
	'lines\nwith\r\nevery\u2028kind\u2029of\u0085end\tand tab',
	'\u0001\u001b[31m\u007f\ufeff\ufffd\uffff e\u0301 é',
	'x'.repeat(65_536),
	'🦊'.repeat(16_384),
];

let source: TestDatabase;
let people: { readonly alice: Client; readonly bob: Client; readonly agent: Client };
/** Where the conversation that is followed over the move stood in the end. */
let followed: { readonly id: string; readonly epoch: string; readonly lastSequence: number };
let histories: ReadonlyMap<string, unknown>;

beforeAll(async () => {
	source = await createTestDatabase('sqlite');
	const service = await startService({ DATABASE_URL: source.url });
	people = {
		alice: await service.client('Alice 🦊'),
		bob: await service.client("Bob 'the' %"),
		agent: await service.client('Agent', 'AGENT'),
	};
	const ids = [await everyKindOfEvent(), await manyTexts()];
	histories = new Map(
		await Promise.all(ids.map(async (id) => [id, await history(people.agent, id)] as const)),
	);
	const { id, epoch } = await converse(people.alice, [people.bob]);
	const { sequence: lastSequence } = await send(people.alice, id, 'the last word before the move');
	followed = { id, epoch, lastSequence };
	await service.stop();
});

afterAll(() => source.drop());

/** Notes, replies, edits, deletions, who left, who was removed, a marker, and a conversation that is closed. */
async function everyKindOfEvent(): Promise<string> {
	const { alice, bob, agent } = people;
	const { conversation } = await perform(alice, 'createConversation', {
		subject: ' Ünïcode 🦊 ',
		memberIds: [await userId(bob)],
	});
	const { id: conversationId } = conversation;
	const first = await send(alice, conversationId, 'first', { clientMessageId: 'key ' });
	await send(alice, conversationId, 'other', { clientMessageId: 'KEY' });
	await send(agent, conversationId, 'a note', { internal: true });
	await perform(bob, 'sendMessage', { conversationId, body: 'a reply', replyToId: first.id });
	for (const body of ['second', 'third 🦊'])
		await perform(alice, 'editMessage', { messageId: first.id, body });
	const gone = await send(bob, conversationId, 'to be forgotten');
	await perform(bob, 'editMessage', { messageId: gone.id, body: 'still to be forgotten' });
	await perform(bob, 'deleteMessage', { messageId: gone.id });
	await perform(alice, 'markRead', { conversationId, sequence: first.sequence });
	await perform(agent, 'leaveConversation', { conversationId });
	await perform(agent, 'joinConversation', { conversationId });
	await perform(agent, 'removeMember', { conversationId, userId: await userId(bob) });
	await perform(agent, 'closeConversation', { conversationId });
	return conversationId;
}

async function manyTexts(): Promise<string> {
	const { conversation } = await perform(people.agent, 'createConversation', { visibility: 'OPEN' });
	for (const body of TEXTS) await send(people.agent, conversation.id, body);
	return conversation.id;
}

describe.each(databasesFor('moving house'))('from SQLite to %s and back', (kind) => {
	let target: TestDatabase;
	let back: TestDatabase;
	let before: string;
	let after: string;
	let service: TestService;

	beforeAll(async () => {
		target = await createTestDatabase(kind, { migrated: false });
		back = await createTestDatabase('sqlite', { migrated: false });
		before = await exportText(source);
		await importText(target, before);
		await importText(back, await exportText(target));
		after = await exportText(back);
		service = await startService({ DATABASE_URL: target.url });
	});

	afterAll(async () => {
		await service.stop();
		await target.drop();
		await back.drop();
	});

	it('all is as it was, to the last byte', () => {
		expect(linesOf(after)).toEqual(linesOf(before));
		for (const table of ['users', 'conversations', 'memberships', 'messages', 'message_revisions', 'events'])
			expect(before.split(`{"table":"${table}"`).length).toBeGreaterThan(2);
	});

	it('a service on the new database serves the same history', async () => {
		const agent = new Client(service.url, people.agent.person);
		for (const [id, expected] of histories) expect(await history(agent, id)).toEqual(expected);
	});

	it('a follower goes on behind what it has, without a reset, and a retry is known', async () => {
		const { id, epoch, lastSequence } = followed;
		const bob = new Client(service.url, people.bob.person);
		const alice = new Client(service.url, people.alice.person);
		const resumed = follow(bob, id, { after: lastSequence, epoch });
		const fromStart = follow(bob, id, { after: 0, epoch });
		const moved = await takeUntil(fromStart, 'the last word before the move');
		expect(moved.map(({ sequence }) => sequence)).toEqual(range(1, lastSequence));
		const sent = await send(alice, id, 'the first word behind it', { clientMessageId: 'a' });
		for (const results of [resumed, fromStart])
			expect((await take(results, 1))[0]).toMatchObject({
				__typename: 'MessageSent',
				sequence: lastSequence + 1,
			});
		expect(await send(alice, id, 'the first word behind it', { clientMessageId: 'a' })).toEqual(sent);
		await bob.close();
	});
});

it('--copy makes it another log: followers of the first are told', async () => {
	const target = await createTestDatabase('sqlite', { migrated: false });
	onTestFinished(() => target.drop());
	const text = await exportText(source);
	await importText(target, text, { asCopy: true });
	const [original, copy] = [text, await exportText(target)].map((written) =>
		JSON.parse(linesOf(written)[0] ?? ''),
	);
	expect(copy).toMatchObject({ rows: original.rows });
	expect(copy.epoch).not.toBe(original.epoch);
	expect(copy.database).not.toBe(original.database);
	const service = await startService({ DATABASE_URL: target.url });
	const { id, epoch, lastSequence } = followed;
	const alice = new Client(service.url, people.alice.person);
	const [event] = await take(follow(alice, id, { after: lastSequence, epoch }), 1);
	expect(event).toMatchObject({ __typename: 'HistoryReset', reason: 'REPLACED' });
	await alice.close();
	await service.stop();
});
