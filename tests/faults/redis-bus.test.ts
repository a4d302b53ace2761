import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RedisBus } from '../../src/bus/redis.ts';
import { BusRecord, Heard, head, openRedisBus } from '../support/bus.ts';
import { userOf } from '../support/events.ts';
import { eventually } from '../support/live.ts';
import { type RedisServer, skipWithoutRedisProgram, startRedis } from '../support/redis-server.ts';

const TIMEOUT_MS = 300;
const CHECK_MS = 100;
/** The time-out, after the longest wait for a check, on a busy machine. */
const NOTICED_MS = 10 * (TIMEOUT_MS + CHECK_MS);
const QUEUED = 200;

/** A server that answers late, as on a busy machine, is not away. */
const PATIENT = { REDIS_TIMEOUT_MS: '5000', REDIS_CHECK_INTERVAL_MS: '500' };
/** For one that is frozen. */
const HASTY = { REDIS_TIMEOUT_MS: String(TIMEOUT_MS), REDIS_CHECK_INTERVAL_MS: String(CHECK_MS) };

describe.skipIf(skipWithoutRedisProgram("the bus' faults"))('the bus over Redis', () => {
	let server: RedisServer;
	let database: string;
	let here: RedisBus;
	let there: RedisBus;
	let record: BusRecord;
	let ofHere: BusRecord;

	beforeEach(async () => {
		server = await startRedis();
		database = randomUUID();
	});
	afterEach(async () => {
		await Promise.all([here?.close(), there?.close()]);
		await server.remove();
	});

	async function open(pace: Readonly<Record<string, string>> = PATIENT): Promise<void> {
		record = new BusRecord();
		ofHere = new BusRecord();
		const env = { ...pace, MAX_QUEUED_WAKE_UPS: String(QUEUED) };
		const node = { url: server.url, database, env };
		[here, there] = await Promise.all([
			openRedisBus({ ...node, observer: ofHere }),
			openRedisBus({ ...node, observer: record }),
		]);
	}

	/** Resolves at the next interruption of the other node. */
	function interruption(): Promise<void> {
		return new Promise((resolve) => there.onInterruption(resolve));
	}

	async function bothAre(state: 'connected' | 'away'): Promise<void> {
		for (const bus of [here, there]) await eventually(() => bus.state, state);
	}

	async function delivers(heard: Heard, sequence: number): Promise<void> {
		here.publish('a', head(sequence));
		await heard.reaches(heard.all.length + 1);
		expect(heard.sequences.at(-1)).toBe(sequence);
	}

	it('tells of a break of its subscriptions, and delivers again', async () => {
		await open();
		const heard = new Heard();
		await there.subscribe('a', heard.handler);
		await delivers(heard, 1);
		for (const round of [2, 3, 4]) {
			const told = interruption();
			await server.killClients('pubsub');
			await told;
			await delivers(heard, round);
		}
		expect(heard.sequences).toEqual([1, 2, 3, 4]);
		expect(record.counts['interruptions']).toBe(3);
	});

	it('goes on where all connections are cut', async () => {
		await open();
		const heard = new Heard();
		await there.subscribe('a', heard.handler);
		const told = interruption();
		await server.killClients('normal');
		await server.killClients('pubsub');
		await told;
		await bothAre('connected');
		await delivers(heard, 1);
	});

	it('goes on where Redis was restarted empty', async () => {
		await open();
		const heard = new Heard();
		await there.subscribe('a', heard.handler);
		const told = interruption();
		await server.stop();
		await bothAre('away');
		here.publish('a', head(1));
		await server.start();
		await told;
		await bothAre('connected');
		await delivers(heard, 2);
		expect(heard.sequences).toEqual([2]);
		expect(ofHere.counts['away']).toBe(1);
		expect(record.changes).toEqual(['connected', expect.stringMatching(/^away: /), 'connected']);
	});

	it('finds out a frozen Redis within seconds, and holds up nobody meanwhile', async () => {
		await open(HASTY);
		const heard = new Heard();
		await there.subscribe('a', heard.handler);
		server.freeze();
		const frozen = performance.now();
		const told = interruption();
		const own = new Heard();
		await here.subscribe('a', own.handler);
		here.publish('a', head(1));
		// This node's own followers do not need Redis.
		await own.reaches(1);
		await bothAre('away');
		expect(performance.now() - frozen).toBeLessThan(NOTICED_MS);
		await there.subscribe('b', heard.handler);
		server.thaw();
		await told;
		await bothAre('connected');
		here.publish('b', head(2));
		await eventually(() => heard.sequences.at(-1), 2);
	});

	it('starts without Redis, and begins when it is there', async () => {
		await server.stop();
		await open();
		expect([here.state, there.state]).toEqual(['away', 'away']);
		expect(record.changes).toEqual([expect.stringMatching(/^away: .*ECONNREFUSED/)]);
		const heard = new Heard();
		await there.subscribe('a', heard.handler);
		const told = interruption();
		await server.start();
		await told;
		await bothAre('connected');
		await delivers(heard, 1);
	});

	it('keeps what was subscribed while Redis was away, and not what was given up', async () => {
		await open();
		const kept = new Heard();
		const gone = new Heard();
		const unsubscribe = await there.subscribe('gone', gone.handler);
		await server.stop();
		await bothAre('away');
		unsubscribe();
		await there.subscribe('kept', kept.handler);
		const told = interruption();
		await server.start();
		await told;
		await bothAre('connected');
		here.publish('gone', head(1));
		here.publish('kept', head(2));
		await kept.reaches(1);
		expect(kept.sequences).toEqual([2]);
		expect(gone.all).toEqual([]);
		const channels = (await server.run('pubsub', 'channels')) as string[];
		expect(channels.filter((channel) => channel.includes(':conversation:'))).toHaveLength(1);
	});

	it('says that its subscriptions are refused, and makes them when they are allowed', async () => {
		await open();
		// What is subscribed stays so: the nodes' own channels.
		await server.run('acl', 'setuser', 'default', 'resetchannels', '&*:node:*');
		const heard = new Heard();
		await there.subscribe('a', heard.handler);
		await eventually(() => record.changes.at(-1)?.includes('NOPERM'), true);
		expect(there.state).toBe('away');
		const told = interruption();
		await server.run('acl', 'setuser', 'default', 'allchannels');
		await told;
		await bothAre('connected');
		await delivers(heard, 1);
	});

	it('says that it may not publish', async () => {
		await open();
		await server.run('acl', 'setuser', 'default', '-publish');
		await eventually(() => here.state, 'away');
		expect(ofHere.changes.at(-1)).toContain('NOPERM');
		here.publish('a', head(1));
		await eventually(() => ofHere.counts['failed'], 1);
		await server.run('acl', 'setuser', 'default', '+publish');
		await bothAre('connected');
	});

	it('drops what is too much for a Redis that does not keep up', async () => {
		await open(HASTY);
		const heard = new Heard();
		await there.subscribe('a', heard.handler);
		server.freeze();
		for (let sequence = 1; sequence <= 3 * QUEUED; sequence++) here.publish('a', head(sequence));
		expect(ofHere.counts['full']).toBe(2 * QUEUED);
		// What waited is given up with the connection.
		await bothAre('away');
		await eventually(() => ofHere.counts['failed'], QUEUED);
		server.thaw();
		await bothAre('connected');
		here.publish('a', head(4 * QUEUED));
		await eventually(() => heard.sequences.at(-1), 4 * QUEUED);
	});

	it('keeps room for events where thousands come at once', async () => {
		await open();
		const heard = new Heard();
		await there.subscribe('a', heard.handler);
		const signal = { kind: 'read', user: userOf('bob'), sequence: 1 } as const;
		for (let number = 0; number < 2 * QUEUED; number++) here.publish('a', { kind: 'activity', signal });
		here.publish('a', head(1));
		await heard.reaches(QUEUED / 2 + 1);
		expect(heard.sequences.at(-1)).toBe(1);
		expect(ofHere.counts['full']).toBe(1.5 * QUEUED);
	});

	it('lets nothing wait for long at its end', async () => {
		await open(HASTY);
		server.freeze();
		here.publish('a', head(1));
		const began = performance.now();
		await Promise.all([here.close(), there.close()]);
		expect(performance.now() - began).toBeLessThan(NOTICED_MS);
	});
});
