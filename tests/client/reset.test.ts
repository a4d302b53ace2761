import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PendoClient } from '../../client/index.ts';
import type { Client } from '../support/client.ts';
import { Followed, pendoClient } from '../support/following.ts';
import { type Conversation, converse, range, send } from '../support/live.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;
let client: PendoClient;
let conversation: Conversation;

beforeEach(async () => {
	service = await startService({ FEED_CHECK_INTERVAL_MS: '20' });
	alice = await service.client('Alice');
	conversation = await converse(alice);
	client = pendoClient(service.port, () => alice.person.token);
});
afterEach(async () => {
	client.close();
	await service.stop();
});

/** What an application reads with the history. */
async function readPlace(): Promise<{ after: number; epoch: string }> {
	const { conversation: read } = await alice.query<{
		conversation: { lastSequence: number; epoch: string };
	}>('query($id: ID!) { conversation(id: $id) { lastSequence epoch } }', { id: conversation.id });
	return { after: read.lastSequence, epoch: read.epoch };
}

/** Puts the log back to its first events under another epoch, as a backup that is brought back does. */
function restore(): Promise<void> {
	return service.sql(`
		delete from events where sequence > ${conversation.lastSequence};
		delete from messages where sequence > ${conversation.lastSequence};
		update conversations set last_sequence = ${conversation.lastSequence};
		update settings set value = 'restored' where name = 'epoch';`);
}

it('a place beyond the log is said, and it goes on from where the history that was loaded ends', async () => {
	const { id, epoch } = conversation;
	const followed = new Followed(client, id, { after: 1_000, reload: readPlace });
	await followed.is('live');
	expect(followed.resets).toMatchObject([{ reason: 'AHEAD' }]);
	const { sequence } = await send(alice, id, 'after it');
	await followed.reaches(sequence);
	expect(followed.sequences).toEqual([sequence]);
	expect(followed.following.place).toEqual({ after: sequence, epoch });
});

it.each(['given', 'learned'])(
	'a log that was brought back from a backup while the service was down is told by its epoch, if %s',
	async (epoch) => {
		const { id, lastSequence } = conversation;
		const place = { after: 0, ...(epoch === 'given' && { epoch: conversation.epoch }) };
		const followed = new Followed(client, id, { ...place, reload: readPlace });
		const { sequence } = await send(alice, id, 'lost with the newer log');
		await followed.reaches(sequence);
		await followed.is('live');
		await service.restart(async () => {
			await followed.until(() => followed.stateNames.includes('offline'));
			await restore();
		});
		// The new log is as long as the old one: only its epoch is another.
		await send(alice, id, 'in the new log');
		await followed.until(() => followed.resets.length === 1);
		expect(followed.resets[0]).toMatchObject({ reason: 'REPLACED' });
		await followed.is('live');
		const next = (await send(alice, id, 'and on')).sequence;
		await followed.until(() => followed.events.at(-1)?.sequence === next);
		expect(next).toBe(sequence + 1);
		const afterwards = followed.sequences.slice(sequence);
		expect(afterwards).toEqual(range(next - afterwards.length + 1, next));
		expect(followed.following.place).toEqual({ after: next, epoch: 'restored' });
		expect(followed.sequences.slice(0, sequence)).toEqual(range(1, lastSequence + 1));
	},
);

it('a log that is brought back under a follower is told without a new connection', async () => {
	const { id, lastSequence } = conversation;
	const followed = new Followed(client, id, { after: 0, reload: readPlace });
	const { sequence } = await send(alice, id, 'lost');
	await followed.reaches(sequence);
	await followed.is('live');
	await restore();
	await followed.until(() => followed.resets.length === 1);
	await followed.is('live');
	expect(followed.stateNames).toEqual(['catching-up', 'live', 'catching-up', 'live']);
	expect(followed.following.place).toEqual({ after: lastSequence, epoch: 'restored' });
});

it('a history that cannot be loaded is asked for again', async () => {
	const failure = new Error('no network');
	let tries = 0;
	const followed = new Followed(client, conversation.id, {
		after: 1_000,
		reload: async () => {
			if (++tries < 3) throw failure;
			return readPlace();
		},
	});
	await followed.is('live');
	expect(tries).toBe(3);
	expect(followed.resets).toHaveLength(3);
	expect(followed.states).toContainEqual({
		name: 'offline',
		retryAt: expect.any(Number),
		reason: failure,
	});
	expect(followed.following.place?.after).toBe(conversation.lastSequence);
});

it('a history that ends where the log does not is not loaded again and again without a pause', async () => {
	client = pendoClient(service.port, () => alice.person.token, {
		minRetryMs: 3_600_000,
		maxRetryMs: 3_600_000,
	});
	const stale = { after: 1_000 };
	const followed = new Followed(client, conversation.id, { ...stale, reload: async () => stale });
	await followed.is('offline');
	expect(followed.resets).toHaveLength(2);
	expect(followed.states.at(-1)).toMatchObject({ name: 'offline', reason: { reason: 'AHEAD' } });
});
