import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Client, type Person } from '../support/client.ts';
import type { TestDatabase } from '../support/databases.ts';
import {
	type DataDirectory,
	makeDataDirectory,
	type ServiceProcess,
	startProcess,
	tokenFor,
} from '../support/process.ts';
import { databaseForService } from '../support/service.ts';
import { type Acknowledged, attempt, createFor, readHistory } from './senders.ts';

const KILLS = process.env['TEST_DATABASE'] === undefined ? 8 : 3;
const SENDERS = 20;
const RETRY_MS = 20;

interface Followed {
	readonly conversationEvents: { readonly __typename: string; readonly sequence: number };
}

const FOLLOW = `subscription Follow($id: ID!, $after: Int!) {
	conversationEvents(conversationId: $id, after: $after) { __typename sequence ... on MessageSent { message { body } } }
}`;

let directory: DataDirectory;
let database: TestDatabase;
let service: ServiceProcess;
/** No message is begun any more. */
let isOver: boolean;
/** The service will not come back. */
let isGone: boolean;
let acknowledged: Acknowledged[];

beforeEach(async () => {
	directory = await makeDataDirectory();
	database = await databaseForService();
	isOver = false;
	isGone = false;
	acknowledged = [];
});

afterEach(async () => {
	isOver = true;
	isGone = true;
	await service.kill('SIGKILL');
	await database.drop();
	await directory.remove();
});

function start(): Promise<ServiceProcess> {
	return startProcess(directory, { DATABASE_URL: database.url });
}

async function person(subject: string, role: 'CUSTOMER' | 'AGENT' = 'CUSTOMER'): Promise<Person> {
	return { subject, name: subject, token: await tokenFor(subject, role) };
}

/** Sends one message after the other, each with its key until it is acknowledged, to the conversations in turn. */
async function keepSending(sender: Person, conversationIds: readonly string[]): Promise<void> {
	for (let number = 0; !isOver; number++) {
		const conversationId = conversationIds[number % conversationIds.length] as string;
		const name = `${sender.subject} ${number}`;
		const input = { conversationId, body: `body of ${name}`, clientMessageId: name };
		while (!isGone) {
			const sent = await attempt(service.url, sender, input);
			if (sent.kind === 'acknowledged') {
				acknowledged.push(sent.message);
				break;
			}
			await setTimeout(RETRY_MS);
		}
	}
}

/** Follows from the beginning to `end`, over every restart, each time from the last sequence that it has. */
async function keepFollowing(follower: Person, id: string, end: Promise<number>): Promise<readonly number[]> {
	const seen: number[] = [];
	let last = Number.POSITIVE_INFINITY;
	let stop = () => {};
	void end.then((sequence) => {
		last = sequence;
		if ((seen.at(-1) ?? 0) >= last) stop();
	});
	while ((seen.at(-1) ?? 0) < last && !isGone) {
		const client = new Client(service.url, follower);
		const events = client.subscribe<Followed>(FOLLOW, { id, after: seen.at(-1) ?? 0 });
		stop = () => events.stop();
		try {
			while ((seen.at(-1) ?? 0) < last) {
				const { data, errors } = await events.next();
				expect(errors).toBeUndefined();
				expect(data?.conversationEvents.__typename).not.toBe('HistoryReset');
				seen.push(data?.conversationEvents.sequence ?? Number.NaN);
			}
		} catch (error) {
			if (!(error instanceof Error && error.message.startsWith('The subscription is over'))) throw error;
			await setTimeout(RETRY_MS);
		} finally {
			await client.close();
		}
	}
	return seen;
}

/** Answers once this many more messages have been acknowledged. */
async function acknowledgements(count: number): Promise<void> {
	const goal = acknowledged.length + count;
	while (acknowledged.length < goal) await setTimeout(1);
}

test('SIGKILL again and again while clients send and retry: nothing acknowledged is lost, nothing is doubled', async () => {
	service = await start();
	const senders = await Promise.all(Array.from({ length: SENDERS }, (_, index) => person(`sender-${index}`)));
	const agent = await person('agent', 'AGENT');
	const creator = new Client(service.url, agent);
	const conversationIds = [await createFor(creator, senders), await createFor(creator, senders)];

	const ends = conversationIds.map(() => Promise.withResolvers<number>());
	const followers = [agent, ...senders.slice(0, 2)].flatMap((follower) =>
		conversationIds.map((id, index) =>
			keepFollowing(follower, id, (ends[index] as (typeof ends)[0]).promise),
		),
	);
	const sending = senders.map((sender) => keepSending(sender, conversationIds));
	const failure = Promise.all([...followers, ...sending]).then(() => new Promise<never>(() => {}));
	for (let kill = 0; kill < KILLS; kill++) {
		await Promise.race([acknowledgements(60 + Math.floor(Math.random() * 60)), failure]);
		expect(await service.kill('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
		service = await start();
	}
	await Promise.race([acknowledgements(SENDERS), failure]);
	isOver = true;
	await Promise.all(sending);

	const reader = new Client(service.url, agent);
	for (const [index, conversationId] of conversationIds.entries()) {
		const { messages, lastSequence } = await readHistory(reader, conversationId);
		ends[index]?.resolve(lastSequence);
		const expected = acknowledged
			.filter((message) => message.conversationId === conversationId)
			.sort((a, b) => a.sequence - b.sequence)
			.map(({ id, sequence, body, key }) => ({ id, sequence, body, clientMessageId: key }));
		expect(messages).toEqual(expected);
		const events = reader.subscribe<Followed>(FOLLOW, { id: conversationId, after: 0 });
		const log = (await events.take(lastSequence)).map(({ conversationEvents }) => conversationEvents);
		expect(log.map(({ sequence }) => sequence)).toEqual(upTo(lastSequence));
		expect(
			log.filter(({ __typename }) => __typename === 'MessageSent').map(({ sequence }) => sequence),
		).toEqual(messages.map(({ sequence }) => sequence));
	}
	await reader.close();
	const followed = await Promise.all(followers);
	const heads = await Promise.all(ends.map(({ promise }) => promise));
	for (const [index, seen] of followed.entries())
		expect(seen).toEqual(upTo(heads[index % conversationIds.length] as number));
	expect(acknowledged.length).toBeGreaterThan(KILLS * 60);
}, 120_000);

function upTo(last: number): readonly number[] {
	return Array.from({ length: last }, (_, index) => index + 1);
}
