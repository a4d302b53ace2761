import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkScenarios } from '../model/check.ts';
import { Run } from '../model/run.ts';
import { Client, type Person } from '../support/client.ts';
import { createTestDatabase, skipWithoutPostgresql, type TestDatabase } from '../support/databases.ts';
import { converse, FOLLOW, follow, mutate, range, send, take, takeUntil, userId } from '../support/live.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { type RedisServer, skipWithoutRedisProgram, startRedis } from '../support/redis-server.ts';
import { startService, type TestService } from '../support/service.ts';

/** How many scenarios on two nodes. */
const RUNS = Math.max(2, Math.round(Number(process.env['MODEL_RUNS'] ?? 40) / 15));
const BEAT_MS = 100;

const suite = 'access on several nodes';
const isMissing = [skipWithoutPostgresql(suite), skipWithoutRedisProgram(suite)].includes(true);

describe.skipIf(isMissing)('access on two nodes', () => {
	let redis: RedisServer;
	let database: TestDatabase;

	beforeAll(async () => {
		redis = await startRedis();
		database = await createTestDatabase('postgresql');
	});
	afterAll(async () => {
		await database.drop();
		await redis.remove();
	});

	function startNodes(env: Readonly<Record<string, string>> = {}): Promise<readonly TestService[]> {
		const settings = {
			DATABASE_URL: database.url,
			DATABASE_POOL_MAX: '5',
			REDIS_URL: redis.url,
			REDIS_TIMEOUT_MS: '200',
			REDIS_CHECK_INTERVAL_MS: '100',
			FEED_CHECK_INTERVAL_MS: String(BEAT_MS),
			...env,
		};
		return Promise.all([startService(settings), startService(settings)]);
	}

	async function playOnTwo(ringEvents: number, play: (nodes: readonly TestService[]) => Promise<void>) {
		const nodes = await startNodes({ FEED_RING_EVENTS: String(ringEvents) });
		try {
			await play(nodes);
		} finally {
			await Promise.all(nodes.map((node) => node.stop()));
		}
	}

	describe.each(['there', 'away'] as const)('with Redis %s', (state) => {
		let here: TestService;
		let there: TestService;
		let agent: Client;
		let bob: Person;
		let bobHere: Client;
		let bobThere: Client;

		beforeAll(async () => {
			if (state === 'away') await redis.stop();
			[here, there] = (await startNodes({ FEED_RING_EVENTS: '8' })) as [TestService, TestService];
		});
		beforeEach(async () => {
			agent = await here.client('Agent', 'AGENT');
			bob = await here.person('Bob');
			[bobHere, bobThere] = [new Client(here.url, bob), new Client(there.url, bob)];
		});
		afterEach(() => bobThere.close());
		afterAll(async () => {
			await Promise.all([here.stop(), there.stop()]);
			if (state === 'away') await redis.start();
		});

		/** The stream of one who was removed or left at the other node: to its departure, and not an event further. */
		async function endsWith(events: ReturnType<typeof follow>, departure: number): Promise<void> {
			expect(await events.ended).toBeUndefined();
			const rest = await take(events, events.waiting);
			expect(rest.at(-1)).toMatchObject({ __typename: 'MemberLeft', sequence: departure });
		}

		test('one who is removed at the other node gets that, and nothing of what comes after', async () => {
			const { id } = await converse(agent, [bobHere]);
			const events = follow(bobThere, id, { after: 0 });
			const { sequence } = await send(agent, id, 'before');
			await takeUntil(events, 'before');
			await mutate(agent, 'removeMember', { conversationId: id, userId: await userId(bobHere) });
			await Promise.all(range(1, 20).map((number) => send(agent, id, `secret ${number}`)));
			await endsWith(events, sequence + 1);
			const { errors } = await follow(bobThere, id, { after: 0 }).next();
			expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
		});

		test('one who is removed while replaying the log at the other node gets that far', async () => {
			const { id } = await converse(agent, [bobHere]);
			for (const number of range(1, 30)) await send(agent, id, `${number}`);
			const events = follow(bobThere, id, { after: 0 });
			const [first] = await take(events, 1);
			await mutate(agent, 'removeMember', { conversationId: id, userId: await userId(bobHere) });
			await send(agent, id, 'secret');
			expect(await events.ended).toBeUndefined();
			const rest = await take(events, events.waiting);
			expect(rest.at(-1)).toMatchObject({ __typename: 'MemberLeft' });
			const start = (first?.sequence ?? 0) + 1;
			expect(rest.map(({ sequence }) => sequence)).toEqual(range(start, start + rest.length - 1));
		});

		test('one who comes back at the other node replays past the old departure, until the next one', async () => {
			const { id } = await converse(agent, [bobHere]);
			await mutate(bobHere, 'leaveConversation', { conversationId: id });
			await send(agent, id, 'while he is away');
			await mutate(agent, 'addMember', { conversationId: id, userId: await userId(bobHere) });
			const events = follow(bobThere, id, { after: 0 });
			const { sequence: head } = await send(agent, id, 'welcome back');
			const seen = await takeUntil(events, 'welcome back');
			expect(seen.map(({ sequence }) => sequence)).toEqual(range(1, head));
			expect(seen.map(({ __typename }) => __typename)).toContain('MemberLeft');
			await mutate(bobHere, 'leaveConversation', { conversationId: id });
			await send(agent, id, 'secret');
			await endsWith(events, head + 1);
		});

		test('a token that runs out ends its stream, at either node, and nobody else’s', async () => {
			const { id } = await converse(agent, [bobHere]);
			const lasting = follow(bobThere, id, { after: 0 });
			await take(lasting, 1);
			const brief = await here.token({ subject: bob.subject, role: 'CUSTOMER', expiresInSeconds: 1 });
			const sockets = await Promise.all([here, there].map((node) => RawSocket.open(node, brief)));
			for (const socket of sockets) socket.subscribe('1', FOLLOW, { id, after: 0 });
			for (const socket of sockets) expect((await socket.closed).code).toBe(4403);
			await send(agent, id, 'still there');
			await takeUntil(lasting, 'still there');
		});
	});

	test(
		'whatever users do at the same time at both nodes, each gets what its access allows, and all of that',
		() =>
			checkScenarios(RUNS, (scenario) =>
				playOnTwo(scenario.ringEvents, (nodes) => new Run(...nodes).play(scenario)),
			),
		60_000 + RUNS * 15_000,
	);

	test(
		'and also while Redis comes and goes',
		() =>
			checkScenarios(Math.ceil(RUNS / 2), (scenario) =>
				playOnTwo(scenario.ringEvents, async (nodes) => {
					const over = new AbortController();
					const flapping = flap(redis, over.signal);
					await new Run(...nodes).play(scenario).finally(() => over.abort());
					await flapping;
				}),
			),
		60_000 + RUNS * 15_000,
	);
});

/** Frozen or not, for longer and for shorter than it takes to be noticed. */
async function flap(redis: RedisServer, over: AbortSignal): Promise<void> {
	while (!over.aborted) {
		redis.freeze();
		await delay(500 * Math.random());
		redis.thaw();
		await delay(500 * Math.random());
	}
}
