import { afterEach, expect, it } from 'vitest';
import type { FollowResult, PendoClient } from '../../client/index.ts';
import { Followed, pendoClient } from '../support/following.ts';
import { range } from '../support/live.ts';
import { type Peer, type ScriptedService, startScriptedService } from '../support/scripted-service.ts';

let service: ScriptedService;
let client: PendoClient;

afterEach(async () => {
	client.close();
	await service.close();
});

async function followScript(
	head: number | ((n: number) => number),
	play: (peer: Peer, n: number) => void,
): Promise<Followed> {
	service = await startScriptedService(head, play);
	client = pendoClient(service.port, () => 'any');
	return new Followed(client, 'any', { after: 0 });
}

/** Where each subscription began. */
const places = () => service.subscribed.map(({ after }) => after);

it('drops what comes twice', async () => {
	const followed = await followScript(4, ({ event }) => {
		for (const sequence of [1, 2, 2, 1, 4, 4]) event({ sequence });
	});
	await followed.is('live');
	expect(followed.sequences).toEqual([1, 2, 4]);
});

it('resumes from its place as well where a proxy closes a connection as if all were done', async () => {
	const followed = await followScript(2, ({ event, socket }, n) => {
		event({ sequence: n });
		if (n === 1) socket.close(1000);
	});
	await followed.is('live');
	expect(followed.sequences).toEqual([1, 2]);
	expect(places()).toEqual([0, 1]);
});

it.each([1002, 4400, 4409, 4500])('takes no closing for final: %i', async (code) => {
	const followed = await followScript(1, ({ event, socket }, n) => {
		if (n === 1) socket.close(code);
		else event({ sequence: 1 });
	});
	await followed.is('live');
	expect(followed.states).toContainEqual({
		name: 'offline',
		retryAt: expect.any(Number),
		reason: expect.objectContaining({ code }),
	});
});

it('is catching up after each break until it has what there was then', async () => {
	const followed = await followScript(
		(n) => 2 * n,
		({ event, socket }, n) => {
			event({ sequence: 2 * n - 1 });
			event({ sequence: 2 * n });
			if (n === 1) socket.once('message', () => setImmediate(() => socket.close(1012)));
		},
	);
	await followed.until(() => followed.story.length === 10);
	expect(followed.story).toEqual([
		...['catching-up', 1, 2, 'live'],
		...['offline', 'connecting'],
		...['catching-up', 3, 4, 'live'],
	]);
});

it('one that is stopped as it completes takes no other with it', async () => {
	service = await startScriptedService(1, ({ event, complete }, n) => {
		event({ sequence: 1 });
		if (n === 2 || n === 3) complete();
	});
	client = pendoClient(service.port, () => 'any');
	const others = new Followed(client, 'any', { after: 0 });
	await others.is('live');
	for (const _ of range(2, 3)) {
		const stopped = new Followed(client, 'any', { after: 0, onEvent: () => stopped.following.stop() });
		await stopped.is('ended');
	}
	await new Followed(client, 'any', { after: 0 }).is('live');
	expect(others.stateNames).toEqual(['catching-up', 'live']);
});

it('takes no connection that was given up for one that is made late', async () => {
	let late = () => {};
	service = await startScriptedService(
		(n) => n,
		({ event, socket }, n) => {
			event({ sequence: n });
			if (n === 1) socket.close(1012);
		},
		(acknowledge, socket, n) => {
			if (n > 2) return acknowledge();
			// It hears nothing of its end, and answers when the next one comes, which is not answered.
			if (n === 1) socket.pause();
			late();
			late = acknowledge;
		},
	);
	client = pendoClient(service.port, () => 'any', { timeoutMs: 100 });
	const followed = new Followed(client, 'any', { after: 0 });
	await followed.reaches(2);
	expect(followed.sequences).toEqual([1, 2]);
});

it('does not take an event for the sign of life that it asked for', async () => {
	service = await startScriptedService(3, ({ event, socket }, n) => {
		event({ sequence: n });
		if (n === 2) event({ sequence: 3 });
		else
			socket.on('message', (data) => {
				if (String(data).includes('"ping"')) event({ sequence: 2 });
			});
	});
	client = pendoClient(service.port, () => 'any', { keepAliveMs: 20, timeoutMs: 100 });
	const followed = new Followed(client, 'any', { after: 0 });
	await followed.is('offline');
	await followed.reaches(3);
	expect(followed.sequences).toEqual([1, 2, 3]);
});

it('waits for as long as a refusal says', async () => {
	const begunAt = Date.now();
	const followed = await followScript(1, ({ event, errors }, n) => {
		if (n === 1) errors([{ message: 'Not now.', extensions: { code: 'SERVICE_BUSY', retryAfter: 0.3 } }]);
		else event({ sequence: 1 });
	});
	await followed.is('live');
	const [offline] = followed.states.filter((state) => state.name === 'offline');
	expect(offline?.retryAt).toBeGreaterThanOrEqual(begunAt + 300);
	// Timers may be early by a millisecond.
	expect(Date.now()).toBeGreaterThanOrEqual(begunAt + 298);
	expect(service.subscribed).toHaveLength(2);
});

it('asks again for an event that could not be read, and loses none', async () => {
	const internal = [{ message: 'Something went wrong.', extensions: { code: 'INTERNAL' } }];
	const followed = await followScript(3, ({ event, errors }, n) => {
		event({ sequence: n });
		if (n < 3) errors(internal);
	});
	await followed.is('live');
	expect(followed.sequences).toEqual([1, 2, 3]);
	expect(places()).toEqual([0, 1, 2]);
});

it('hands on what is wrong with a part of an event', async () => {
	service = await startScriptedService(1, ({ event }) => event({ sequence: 1 }, [{ message: 'no author' }]));
	client = pendoClient(service.port, () => 'any');
	const result = await new Promise<FollowResult<unknown>>((resolve) => {
		client.follow({
			conversationId: 'any',
			query: 'subscription ($after: Int) { any }',
			after: 0,
			onEvent: (_event, result) => resolve(result),
			onReset: () => ({ after: 0 }),
		});
	});
	expect(result).toEqual({
		data: { conversationEvents: { __typename: 'MessageSent', sequence: 1 } },
		errors: [{ message: 'no author' }],
	});
});
