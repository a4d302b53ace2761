import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Client } from '../support/client.ts';
import { converse, follow, mutate, range, send, take, takeUntil, userId } from '../support/live.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;
let bob: Client;
let agent: Client;

beforeEach(async () => {
	service = await startService({ FEED_CHECK_INTERVAL_MS: '20' });
	alice = await service.client('Alice');
	bob = await service.client('Bob');
	agent = await service.client('Agent', 'AGENT');
});
afterEach(() => service.stop());

/** Puts the log back to its first events under another epoch, as a backup that is brought back does. */
function restore(head: number, more = ''): Promise<void> {
	return service.sql(`
		delete from events where sequence > ${head};
		delete from messages where sequence > ${head};
		update conversations set last_sequence = ${head};
		update settings set value = 'restored' where name = 'epoch';
		${more}`);
}

it('a backup brought back under those who follow: members go on from it, others are ended', async () => {
	const { id, lastSequence } = await converse(alice);
	await mutate(alice, 'addMember', { conversationId: id, userId: await userId(bob) });
	for (const n of range(1, 5)) await send(alice, id, `${n}`);
	const ofAlice = follow(alice, id, { after: 0 });
	const ofBob = follow(bob, id, { after: 0 });
	const ofAgent = follow(agent, id, { after: 0 });
	for (const results of [ofAlice, ofBob, ofAgent]) await takeUntil(results, '5');
	// Bob was added after the backup was made.
	await restore(
		lastSequence,
		'delete from memberships where user_id <> (select creator_id from conversations);',
	);
	for (const results of [ofAlice, ofAgent])
		expect((await take(results, 1))[0]).toMatchObject({ reason: 'REPLACED', resumeFrom: lastSequence });
	expect(await ofBob.ended).toBeUndefined();
	expect(ofBob.waiting).toBe(0);
	await send(alice, id, 'in the new log');
	for (const results of [ofAlice, ofAgent])
		expect((await take(results, 1))[0]).toMatchObject({ sequence: lastSequence + 1 });
});

it('one who is removed after a backup was brought back is ended, though the log was longer before', async () => {
	const { id, lastSequence } = await converse(alice, [bob]);
	for (const n of range(1, 10)) await send(alice, id, `${n}`);
	const ofBob = follow(bob, id, { after: 0 });
	await takeUntil(ofBob, '10');
	await restore(lastSequence);
	expect((await take(ofBob, 1))[0]).toMatchObject({ reason: 'REPLACED', resumeFrom: lastSequence });
	await mutate(alice, 'removeMember', { conversationId: id, userId: await userId(bob) });
	await send(alice, id, 'now that he is gone');
	expect((await take(ofBob, 1))[0]).toMatchObject({ __typename: 'MemberLeft', sequence: lastSequence + 1 });
	expect(await ofBob.ended).toBeUndefined();
	expect(ofBob.waiting).toBe(0);
});
