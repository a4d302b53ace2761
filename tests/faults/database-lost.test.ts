import { rename } from 'node:fs/promises';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Client } from '../support/client.ts';
import { type DataDirectory, makeDataDirectory } from '../support/process.ts';
import { startService, type TestService } from '../support/service.ts';
import { attempt, createFor, readHistory } from './senders.ts';

/*
 * What can happen to the embedded database's file.
 */

let directory: DataDirectory;
let service: TestService;
let agent: Client;
let conversationId: string;

beforeEach(async () => {
	directory = await makeDataDirectory();
	service = await startService({ DATABASE_URL: `sqlite:${directory.databaseFile}` });
	agent = await service.client('Ada', 'AGENT');
	conversationId = await createFor(agent, []);
});

afterEach(async () => {
	await service.stop();
	await directory.remove();
});

function send(key: string) {
	const input = { conversationId, body: `body of ${key}`, clientMessageId: key };
	return attempt(service.url, agent.person, input);
}

async function storedBodies(): Promise<readonly string[]> {
	return (await readHistory(agent, conversationId)).messages.map(({ body }) => body);
}

async function status(path: string): Promise<number> {
	const response = await fetch(`${service.url}${path}`);
	await response.text();
	return response.status;
}

const ANSWERS = 12;

/** While the sends wait for the file, the service answers everything else: waiting stops nothing. */
async function answersMeanwhile(sends: Promise<unknown>): Promise<void> {
	let haveEnded = false;
	void sends.then(() => {
		haveEnded = true;
	});
	for (let answers = 0; answers < ANSWERS; answers++) expect(await status('/health/live')).toBe(200);
	expect(haveEnded).toBe(false);
}

describe('a file that another program holds', () => {
	let other: BetterSqlite.Database;

	beforeEach(() => {
		other = new BetterSqlite(directory.databaseFile);
		other.exec('begin exclusive');
	});
	afterEach(() => other.close());

	test('refuses sends as busy, goes on reading and answering, and takes sends again when it is free', async () => {
		const refused = Promise.all([send('one'), send('two')]);
		await answersMeanwhile(refused);
		expect(await storedBodies()).toEqual([]);
		expect(await refused).toEqual([{ kind: 'busy' }, { kind: 'busy' }]);
		other.exec('rollback');
		expect(await storedBodies()).toEqual([]);
		expect((await send('two')).kind).toBe('acknowledged');
		expect((await send('one')).kind).toBe('acknowledged');
		expect((await send('two')).kind).toBe('acknowledged');
		expect(await storedBodies()).toEqual(['body of two', 'body of one']);
	});

	test('delays sends where it is held for a moment only', async () => {
		const sent = send('patient');
		await answersMeanwhile(sent);
		other.exec('rollback');
		expect((await sent).kind).toBe('acknowledged');
		expect(await storedBodies()).toEqual(['body of patient']);
	});

	test('cannot make new users: they are told to try again, over HTTP and over the WebSocket', async () => {
		const late = await service.client('Late');
		const answers = Promise.all([late.ask('{ viewer { name } }'), socketEnd(late)]);
		const [{ status, errors }, end] = await answers;
		expect({ status, code: errors?.[0]?.extensions['code'] }).toEqual({ status: 503, code: 'SERVICE_BUSY' });
		expect(end).toMatchObject({ code: 1013 });
		other.exec('rollback');
		expect(await late.query('{ viewer { name } }')).toEqual({ viewer: { name: 'Late' } });
	});

	test('does not hold up stopping', async () => {
		const refused = send('last');
		await answersMeanwhile(refused);
		await service.restart();
		expect(await refused).toEqual({ kind: 'busy' });
	});
});

/** What ends a subscription of that client. */
function socketEnd(client: Client): Promise<unknown> {
	return client.subscribe(
		'subscription Follow($id: ID!) { conversationEvents(conversationId: $id) { sequence } }',
		{
			id: conversationId,
		},
	).ended;
}

test('a file that is moved away: nothing is acknowledged, not ready, and all is well once it is back', async () => {
	expect((await send('before')).kind).toBe('acknowledged');
	expect(await status('/health/ready')).toBe(200);
	const { databaseFile } = directory;
	const elsewhere = `${databaseFile}.elsewhere`;
	await rename(databaseFile, elsewhere);
	expect(await send('meanwhile')).toEqual({ kind: 'busy' });
	await vi.waitFor(async () => expect(await status('/health/ready')).toBe(503), 5_000);
	expect(await status('/health/live')).toBe(200);
	await rename(elsewhere, databaseFile);
	expect((await send('meanwhile')).kind).toBe('acknowledged');
	await vi.waitFor(async () => expect(await status('/health/ready')).toBe(200), 5_000);
	expect(await storedBodies()).toEqual(['body of before', 'body of meanwhile']);
});
