import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MemoryBus } from '../../src/bus/memory.ts';
import type { Bus, WakeUp } from '../../src/live/bus.ts';
import { Heard, head, openRedisBus } from '../support/bus.ts';
import { eventAt, userOf } from '../support/events.ts';
import { redisUrl, skipWithoutRedis } from '../support/find-redis.ts';
import { skipWithoutRedisProgram } from '../support/redis-server.ts';
import { type RedisTopology, startCluster, startSentinel } from '../support/redis-topologies.ts';

/** How two nodes of one service come by their buses. */
interface Wiring {
	readonly name: string;
	/** Two ends of one bus: what one publishes, the other hears. In one process both are the same. */
	readonly open: () => Promise<readonly [Bus, Bus]>;
	/** What the buses need. */
	readonly start?: () => Promise<void>;
	readonly stop?: () => Promise<void>;
}

const WIRINGS: readonly Wiring[] = [
	{
		name: 'in one process',
		open: async () => {
			const bus = new MemoryBus();
			return [bus, bus];
		},
	},
	...(skipWithoutRedis('the bus') ? [] : [{ name: 'over Redis', open: () => pairOver(redisUrl() ?? '') }]),
	...(skipWithoutRedisProgram('the bus over Sentinel and Cluster')
		? []
		: [overServers('over Sentinel', startSentinel), overServers('over a Redis Cluster', startCluster)]),
];

function overServers(name: string, startServers: () => Promise<RedisTopology>): Wiring {
	let servers: RedisTopology | undefined;
	return {
		name,
		start: async () => {
			servers = await startServers();
		},
		open: () => pairOver(servers?.url ?? ''),
		stop: async () => servers?.remove(),
	};
}

/** The buses of two nodes on a database of their own. */
async function pairOver(url: string): Promise<readonly [Bus, Bus]> {
	const database = randomUUID();
	return Promise.all([openRedisBus({ url, database }), openRedisBus({ url, database })]);
}

describe.each(WIRINGS)('a bus $name', ({ open, start, stop }) => {
	let here: Bus;
	let there: Bus;

	beforeAll(() => start?.());
	afterAll(() => stop?.());

	beforeEach(async () => {
		[here, there] = await open();
	});
	afterEach(async () => {
		await Promise.all([here.close(), there.close()]);
	});

	/** Everything published here before it has been delivered there, or never will be. */
	async function barrier(): Promise<void> {
		const heard = new Heard();
		const unsubscribe = await there.subscribe('the barrier', heard.handler);
		here.publish('the barrier', head(0));
		await heard.reaches(1);
		unsubscribe();
	}

	it('delivers in the order of publishing', async () => {
		const heard = new Heard();
		await there.subscribe('a', heard.handler);
		const sequences = Array.from({ length: 500 }, (_, index) => index + 1);
		for (const sequence of sequences) here.publish('a', head(sequence));
		await heard.reaches(500);
		expect(heard.sequences).toEqual(sequences);
	});

	it('delivers what is published as soon as it has answered', async () => {
		for (let round = 0; round < 50; round++) {
			const heard = new Heard();
			const unsubscribe = await there.subscribe(`round ${round}`, heard.handler);
			here.publish(`round ${round}`, head(round));
			await heard.reaches(1);
			unsubscribe();
		}
	});

	it('brings every kind of wake-up as it was', async () => {
		const wakeUps: WakeUp[] = [
			{ kind: 'events', events: [eventAt('a', 1), eventAt('a', 2, { type: 'MemberLeft', memberId: 'bob' })] },
			{ kind: 'head', sequence: 7 },
			{
				kind: 'activity',
				signal: {
					kind: 'sighting',
					sighting: { node: 'here', user: userOf('bob', 'AGENT'), online: true, typing: 7 },
				},
			},
			{ kind: 'activity', signal: { kind: 'read', user: userOf('bob'), sequence: 3 } },
		];
		const heard = new Heard();
		await there.subscribe('a', heard.handler);
		for (const wakeUp of wakeUps) here.publish('a', wakeUp);
		await heard.reaches(wakeUps.length);
		expect(heard.all).toEqual(wakeUps);
	});

	it('keeps conversations apart', async () => {
		const ofA = new Heard();
		const ofB = new Heard();
		await there.subscribe('a', ofA.handler);
		await there.subscribe('b', ofB.handler);
		here.publish('a', head(1));
		here.publish('c', head(2));
		here.publish('b', head(3));
		await barrier();
		expect(ofA.sequences).toEqual([1]);
		expect(ofB.sequences).toEqual([3]);
	});

	it('delivers to every handler of a conversation', async () => {
		const both = [new Heard(), new Heard()];
		for (const heard of both) await there.subscribe('a', heard.handler);
		here.publish('a', head(1));
		await barrier();
		expect(both.map(({ sequences }) => sequences)).toEqual([[1], [1]]);
	});

	it('delivers nothing after unsubscribing, and the others go on', async () => {
		const gone = new Heard();
		const stays = new Heard();
		const unsubscribe = await there.subscribe('a', gone.handler);
		await there.subscribe('a', stays.handler);
		here.publish('a', head(1));
		await barrier();
		unsubscribe();
		unsubscribe();
		here.publish('a', head(2));
		await barrier();
		expect(gone.sequences).toEqual([1]);
		expect(stays.sequences).toEqual([1, 2]);
	});

	it('delivers again to one who came back', async () => {
		const first = new Heard();
		(await there.subscribe('a', first.handler))();
		const second = new Heard();
		await there.subscribe('a', second.handler);
		here.publish('a', head(1));
		await barrier();
		expect(first.sequences).toEqual([]);
		expect(second.sequences).toEqual([1]);
	});

	it('does not wait for its handlers when it publishes', async () => {
		const heard = new Heard();
		await there.subscribe('a', heard.handler);
		for (const sequence of [1, 2, 3]) here.publish('a', head(sequence));
		expect(heard.all).toEqual([]);
		await heard.reaches(3);
		expect(heard.sequences).toEqual([1, 2, 3]);
	});

	it('delivers what a handler publishes', async () => {
		const heard = new Heard();
		await there.subscribe('a', heard.handler);
		await here.subscribe('b', () => here.publish('a', head(2)));
		here.publish('b', head(1));
		await heard.reaches(1);
		expect(heard.sequences).toEqual([2]);
	});

	it('takes what is published after its close without a word', async () => {
		const heard = new Heard();
		await there.subscribe('a', heard.handler);
		await here.close();
		expect(() => here.publish('a', head(1))).not.toThrow();
	});

	it('closes more than once', async () => {
		await here.close();
		await expect(here.close()).resolves.toBeUndefined();
	});
});
