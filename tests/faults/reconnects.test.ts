import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { Client, type Person } from '../support/client.ts';
import type { TestDatabase } from '../support/databases.ts';
import { type Event, send } from '../support/live.ts';
import {
	type DataDirectory,
	makeDataDirectory,
	personFor,
	type ServiceProcess,
	startProcess,
} from '../support/process.ts';
import { memoryOf, REPORTS_MEMORY } from '../support/process-memory.ts';
import { databaseForService } from '../support/service.ts';
import { follow, overSocket } from './following.ts';
import { FAULT_MS } from './nodes.ts';
import { createFor } from './senders.ts';

/** Of 10,000 reconnects, and of 2,000 sockets, where faults last for a minute. */
const PART = Math.min(1, FAULT_MS / 60_000);
const RECONNECTS = Math.round(300 + 9_700 * PART);
const SOCKETS = Math.round(400 + 1_600 * PART);
const AT_ONCE = 25;
/** How far back a reconnect goes at most. */
const EVENTS = 200;
/** Of the newest: what is older is read from the database. */
const RING = 64;
/** A follower that is not let go of costs some 20 KB. */
const LEFT_BYTES = 4 * 1024 * 1024;
const PATIENCE_MS = 180_000 + 420_000 * PART;

let directory: DataDirectory;
let database: TestDatabase;
let service: ServiceProcess;
let sender: Client;

beforeAll(async () => {
	directory = await makeDataDirectory();
	database = await databaseForService();
	const env = { DATABASE_URL: database.url, FEED_RING_EVENTS: String(RING) };
	service = await startProcess(directory, { ...env, ...REPORTS_MEMORY });
	sender = new Client(service.url, await personFor('sender', 'AGENT'));
});
afterAll(async () => {
	await service.kill('SIGKILL');
	await database.drop();
	await directory.remove();
});

/** Sends one message after the other until the test is over, or `stop` is called. */
function keepSending(id: string, pauseMs: number) {
	const over = new AbortController();
	let head = 0;
	const sending = (async () => {
		while (!over.signal.aborted) {
			head = (await send(sender, id, 'and on')).sequence;
			await delay(pauseMs);
		}
	})();
	sending.catch(() => undefined);
	onTestFinished(() => over.abort());
	return {
		/** The newest that is acknowledged. */
		get head() {
			return head;
		},
		stop: async () => {
			over.abort();
			await sending;
		},
	};
}

test(
	`${RECONNECTS} reconnects, each at any sequence: what follows comes, from there on, once`,
	async () => {
		const id = await createFor(sender, []);
		for (let sent = 0; sent < EVENTS; sent++) await send(sender, id, `${sent}`);
		const sending = keepSending(id, 20);
		let left = RECONNECTS;
		const reconnect = async () => {
			while (left-- > 0) {
				const head = Math.max(sending.head, EVENTS);
				const after = head - Math.floor(Math.random() * (EVENTS + 1));
				// One more than is there: it comes live, or the log had grown.
				const goal = head + 1;
				let last = after;
				const receive = ({ sequence }: Event) => {
					if (sequence !== last + 1) throw new Error(`After ${last} of ${after} came ${sequence}`);
					last = sequence;
				};
				// A handshake that takes too long is given up, and begun again.
				while (last < goal) await visit(id, last, goal, receive);
			}
		};
		await Promise.all(Array.from({ length: AT_ONCE }, reconnect));
		await sending.stop();
	},
	PATIENCE_MS,
);

test(
	`${SOCKETS} sockets that come back all at once, twice: no hole, no double, and nothing stays in memory`,
	async () => {
		const people = await Promise.all(
			Array.from({ length: Math.ceil(SOCKETS / 10) }, (_, index) => personFor(`follower ${index}`, 'AGENT')),
		);
		const id = await createFor(sender, []);
		await storm(id, people, 0);
		const before = await memoryOf(service);
		await storm(id, people, 2);
		const after = await memoryOf(service);
		console.info(
			`${SOCKETS} sockets, twice again: ${(before / 1e6).toFixed(1)} MB before, ${(after / 1e6).toFixed(1)} MB after`,
		);
		expect(after - before).toBeLessThan(LEFT_BYTES);
	},
	PATIENCE_MS,
);

/** Follows from there until it has received up to the goal, or the socket is lost. */
async function visit(
	conversationId: string,
	after: number,
	goal: number,
	receive: (event: Event) => void,
): Promise<void> {
	const leaving = new AbortController();
	await overSocket({
		url: service.url,
		person: sender.person,
		conversationId,
		after,
		leaving: leaving.signal,
		receive: (event) => {
			receive(event);
			if (event.sequence >= goal) leaving.abort();
		},
	});
}

/** All come, come back so many times all at once while sends go on, and leave. */
async function storm(id: string, people: readonly Person[], times: number): Promise<void> {
	const gone = new AbortController();
	onTestFinished(() => gone.abort());
	const followers = Array.from({ length: SOCKETS }, (_, index) => {
		const person = people[index % people.length] as Person;
		return follow(person, id, { url: () => service.url, transport: overSocket, gone: gone.signal });
	});
	const failure = Promise.all(followers.map(({ over }) => over));
	/** All have this sequence: they are there. */
	const areAt = async (sequence: number) => {
		const reached = async () => {
			while (!followers.every(({ last }) => last >= sequence)) await delay(20);
		};
		await Promise.race([reached(), failure]);
	};
	await areAt(1);
	for (let time = 0; time < times; time++) {
		const sending = keepSending(id, 100);
		for (const follower of followers) follower.leave();
		await areAt((await send(sender, id, 'while they come back')).sequence);
		await sending.stop();
	}
	const { sequence: head } = await send(sender, id, 'the end');
	for (const follower of followers) {
		const received = await follower.upTo(head);
		expect(received.map(({ event }) => event.sequence)).toEqual(
			Array.from({ length: head }, (_, index) => index + 1),
		);
	}
}
