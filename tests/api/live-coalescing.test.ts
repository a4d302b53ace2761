import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Client } from '../support/client.ts';
import { converse, FOLLOW, mutate, range, send, userId } from '../support/live.ts';
import { eventOf, type Frame, RawSocket } from '../support/raw-socket.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;
let bob: Client;
let conversation: string;
let head: number;

beforeAll(async () => {
	service = await startService();
	alice = await service.client('Alice');
	bob = await service.client('Bob');
});
beforeEach(async () => {
	({ id: conversation, lastSequence: head } = await converse(alice, [bob]));
});
afterAll(() => service.stop());

/** Bodies whose frames have every kind of length, in one, two, three and four bytes a character. */
const BODIES = ['x', 'é', '你', '👩‍👩‍👧'].flatMap((text) =>
	[1, 40, 1_000, 2_500].map((times) => text.repeat(times)),
);

async function open(ids: readonly string[]): Promise<RawSocket> {
	const socket = await RawSocket.open(service, bob.person.token);
	for (const id of ids) socket.subscribe(id, FOLLOW, { id: conversation, after: head });
	return socket;
}

/** Frames up to the one that this is true of, by operation. */
async function takeUntil(socket: RawSocket, isLast: (frames: readonly Frame[]) => boolean) {
	const frames: Frame[] = [];
	while (!isLast(frames)) frames.push(await socket.next());
	return Map.groupBy(frames, ({ id }) => id);
}

it('what many send at once reaches every subscription of a socket whole and in order, between other answers', async () => {
	const ids = ['plain', 'ünïcode 🚚', '"quoted"\\'];
	const socket = await open(ids);
	const bodies = new Map<number, string>();
	const sending = BODIES.map(async (body, index) => {
		socket.subscribe(`query ${index}`, '{ viewer { name } }');
		bodies.set((await send(alice, conversation, body)).sequence, body);
	});
	const count = (ids.length + 2) * BODIES.length;
	const frames = await takeUntil(socket, ({ length }) => length === count);
	await Promise.all(sending);
	for (const id of ids) {
		const events = (frames.get(id) ?? []).map(eventOf);
		expect(events.map(({ sequence }) => sequence)).toEqual(range(head + 1, head + BODIES.length));
		for (const { sequence, message } of events) expect(message?.body).toBe(bodies.get(sequence));
	}
	for (const index of BODIES.keys())
		expect(frames.get(`query ${index}`)?.map(({ type }) => type)).toEqual(['next', 'complete']);
	socket.socket.terminate();
});

it('the end of a subscription comes after all of its events', async () => {
	const socket = await open(['followed']);
	const leaver = await userId(bob);
	const sending = range(1, 20).map((n) => send(alice, conversation, `message ${n}`));
	await mutate(alice, 'removeMember', { conversationId: conversation, userId: leaver });
	await Promise.all(sending);
	const frames = await takeUntil(socket, (taken) => taken.at(-1)?.type === 'complete');
	const [last, ...events] = (frames.get('followed') ?? []).reverse();
	expect(last).toEqual({ id: 'followed', type: 'complete' });
	const delivered = events.reverse().map(eventOf);
	expect(delivered.at(-1)?.__typename).toBe('MemberLeft');
	expect(delivered.map(({ sequence }) => sequence)).toEqual(range(head + 1, head + delivered.length));
	socket.socket.terminate();
});
