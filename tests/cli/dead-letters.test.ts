import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DeliveriesDocument } from '../generated/graphql.ts';
import type { Client } from '../support/client.ts';
import { callCommand, type Outcome, runCommand } from '../support/command.ts';
import { configure, deliveriesOf } from '../support/customer-webhooks.ts';
import { createTestDatabase, databasesFor, type TestDatabase } from '../support/databases.ts';
import { freshPair, type OutboundService, sendOut, startOutbound, untilStatus } from '../support/outbound.ts';
import { answerWith, HANG_UP } from '../support/provider-server.ts';

let database: TestDatabase;
let outside: OutboundService;
let agent: Client;

const call = (...args: readonly string[]): Promise<Outcome> =>
	callCommand(['dead-letters', ...args], { DATABASE_URL: database.url });

/** A message that ends with this status. */
async function ending(status: 'DEAD' | 'FAILED' | 'UNKNOWN', body: string): Promise<string> {
	const { provider } = outside;
	provider.answer =
		status === 'UNKNOWN' ? HANG_UP : answerWith(status === 'DEAD' ? 503 : 400, '{"error":"\u001b[31mno"}');
	const { id } = await sendOut(agent, { ...freshPair(), body });
	await untilStatus(agent, id, status);
	provider.answer = answerWith(200, '{"id":"p-1"}');
	// One that fails several times in a row is asked no more for a while.
	await untilStatus(agent, (await sendOut(agent, freshPair())).id, 'SENT');
	return id;
}

const idsOf = ({ stdout }: Outcome): readonly string[] =>
	(JSON.parse(stdout) as readonly { readonly id: string }[]).map(({ id }) => id);

describe.each(databasesFor('pendo-message dead-letters'))('dead-letters on %s', (kind) => {
	beforeEach(async () => {
		database = await createTestDatabase(kind, { migrated: true });
		outside = await startOutbound({ DATABASE_URL: database.url, FEED_CHECK_INTERVAL_MS: '20' });
		agent = await outside.service.client('Agent', 'AGENT');
	});
	afterEach(async () => {
		await outside.stop();
		await database.drop();
	});

	test('list shows what went no further beside a running service, the newest first', async () => {
		expect(await call('list')).toEqual({ code: 0, stdout: 'There are no dead letters.\n', stderr: '' });
		const dead = await ending('DEAD', 'A secret');
		const unknown = await ending('UNKNOWN', 'A secret');
		const shown = await call('list');
		expect(shown).toMatchObject({ code: 0, stderr: '' });
		const lines = shown.stdout.trim().split('\n');
		expect(lines[0]).toMatch(/^message +status +attempts +to +since +why$/);
		expect(lines[1]).toMatch(new RegExp(`^${unknown} +UNKNOWN +1 +\\+1415\\d+ +\\S+Z +\\S`));
		expect(lines[2]).toMatch(new RegExp(`^${dead} +DEAD +2 +\\+1415\\d+ +\\S+Z +\\S`));
		expect(shown.stdout).not.toContain('A secret');
		expect(shown.stdout).not.toContain('\u001b');
		expect(idsOf(await call('list', '--json'))).toEqual([unknown, dead]);
		expect(idsOf(await call('list', '--json', '--status', 'DEAD', 'FAILED'))).toEqual([dead]);
	});

	test('redrive has the running service send the messages named, and followers see it', async () => {
		const id = await ending('DEAD', 'Once more');
		const other = await ending('DEAD', 'Not this one');
		const { conversation } = await untilStatus(agent, id, 'DEAD');
		const following = agent.subscribe(DeliveriesDocument, {
			id: conversation.id,
			after: conversation.lastSequence,
		});
		expect(await call('redrive', id)).toEqual({
			code: 0,
			stdout: 'Queued 1 message again.\n',
			stderr: '',
		});
		const sent = await untilStatus(agent, id, 'SENT');
		expect(sent.delivery?.attempts.map(({ outcome }) => outcome)).toEqual(['RETRY', 'RETRY', 'ACCEPTED']);
		const [redriven] = await following.take(1);
		expect(redriven?.conversationEvents).toMatchObject({
			__typename: 'DeliveryChanged',
			sequence: conversation.lastSequence + 1,
			actor: null,
		});
		following.stop();
		expect(idsOf(await call('list', '--json'))).toEqual([other]);
	});

	test('customers are told of what is redriven', async () => {
		const admin = await outside.service.client('Admin', 'ADMIN');
		const id = await ending('DEAD', 'Once more');
		const { conversation } = await untilStatus(agent, id, 'DEAD');
		const { webhook } = await configure(admin, 'createWebhook', {
			url: 'https://1.1.1.1/hook',
			events: ['DELIVERY_CHANGED'],
		});
		await outside.service.restart(async () => {
			expect(await call('redrive', id)).toMatchObject({ code: 0 });
		});
		const told = (await deliveriesOf(admin, webhook.id)).map(({ sequence }) => sequence);
		expect(told).toContain(conversation.lastSequence + 1);
	});

	test('redrive refuses what is on its way, and queues the others all the same', async () => {
		const dead = await ending('DEAD', 'Once more');
		const { id: sent } = await sendOut(agent, freshPair());
		await untilStatus(agent, sent, 'SENT');
		const { code, stdout, stderr } = await call('redrive', sent, dead);
		expect(code).toBe(1);
		expect(stdout).toBe('Queued 1 message again.\n');
		expect(stderr).toContain(`${sent}: `);
		await untilStatus(agent, dead, 'SENT');
	});

	test('redrive --all leaves alone what may have been accepted, unless it is told', async () => {
		const dead = await ending('DEAD', 'First');
		const failed = await ending('FAILED', 'Second');
		const unknown = await ending('UNKNOWN', 'Third');
		expect(await call('redrive', '--all')).toMatchObject({ code: 0, stdout: 'Queued 2 messages again.\n' });
		await untilStatus(agent, dead, 'SENT');
		await untilStatus(agent, failed, 'SENT');
		expect(idsOf(await call('list', '--json'))).toEqual([unknown]);
		expect(await call('redrive', '--all', '--status', 'UNKNOWN')).toMatchObject({ code: 0 });
		await untilStatus(agent, unknown, 'SENT');
		expect(await call('redrive', '--all')).toMatchObject({ code: 0, stdout: 'Queued 0 messages again.\n' });
	});

	test('however many there are', async () => {
		outside.provider.answer = answerWith(400);
		const sends = Array.from({ length: 103 }, () => sendOut(agent, freshPair()));
		const ids = (await Promise.all(sends)).map(({ id }) => id);
		for (const id of ids) await untilStatus(agent, id, 'FAILED');
		const listed = idsOf(await call('list', '--json'));
		expect(listed.toSorted()).toEqual(ids.toSorted());
		outside.provider.answer = answerWith(200, '{"id":"p-1"}');
		expect(await call('redrive', '--all')).toMatchObject({ code: 0, stdout: 'Queued 103 messages again.\n' });
		for (const id of ids) await untilStatus(agent, id, 'SENT');
	});

	test('what a stopped service has left is redriven without it', async () => {
		const id = await ending('DEAD', 'Once more');
		await outside.service.restart(async () => {
			const outcome = await runCommand(
				['dead-letters', 'redrive', id],
				{ DATABASE_URL: database.url },
				tmpdir(),
			);
			expect(outcome).toEqual({ code: 0, stdout: 'Queued 1 message again.\n', stderr: '' });
		});
		await untilStatus(agent, id, 'SENT');
	});

	test.each([
		[['redrive'], 'Name messages, or say --all'],
		[['redrive', '--all', 'msg_0197a0a0-0000-7000-8000-000000000000'], 'Name messages, or say --all'],
		[['redrive', 'msg_0197a0a0-0000-7000-8000-000000000000'], 'no such message'],
	])('%o is refused with a sentence', async (args, sentence) => {
		const { code, stderr } = await call(...args);
		expect(code).toBe(1);
		expect(stderr).toContain(sentence);
	});
});

test('a database file that is not there is not made', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'dead-letters-'));
	const { code, stderr } = await callCommand(['dead-letters', 'list'], {
		DATABASE_URL: `sqlite:${join(folder, 'none.db')}`,
	});
	expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('There is no database file') });
	await rm(folder, { recursive: true });
});
