import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Client } from '../support/client.ts';
import { converse, follow, metric, mutate, range, send, take, takeUntil } from '../support/live.ts';
import { startService, type TestService } from '../support/service.ts';

const RING = 8;

let service: TestService;
let alice: Client;

beforeAll(async () => {
	service = await startService({ FEED_RING_EVENTS: String(RING) });
	alice = await service.client('Alice');
});
afterAll(() => service.stop());

function resumes(source: 'ring' | 'log'): Promise<number> {
	return metric(service, `pendo_message_resumes_total{source="${source}"}`);
}

it('reads a short break from memory and a long one from the log', async () => {
	const { id, lastSequence: start } = await converse(alice);
	// Events are in the ring from the first follower on.
	const steady = follow(alice, id, { after: 0 });
	await take(steady, start);
	for (const n of range(1, RING + 4)) await send(alice, id, `${n}`);
	const head = start + RING + 4;
	await take(steady, RING + 4);
	const before = { ring: await resumes('ring'), log: await resumes('log') };

	const short = await take(follow(alice, id, { after: head - 3 }), 3);
	expect(short.map(({ sequence }) => sequence)).toEqual(range(head - 2, head));
	expect(await resumes('ring')).toBe(before.ring + 1);
	expect(await resumes('log')).toBe(before.log);

	const long = await take(follow(alice, id, { after: 1 }), head - 1);
	expect(long.map(({ sequence }) => sequence)).toEqual(range(2, head));
	expect(await resumes('log')).toBe(before.log + 1);
	expect(await resumes('ring')).toBe(before.ring + 1);
});

it('goes over from the log to the ring without a gap or a double', async () => {
	const { id, lastSequence: start } = await converse(alice);
	await take(follow(alice, id, { after: 0 }), start);
	await Promise.all(range(1, 300).map((n) => send(alice, id, `${n}`)));
	const events = follow(alice, id, { after: 0 });
	await Promise.all(range(1, 50).map((n) => send(alice, id, `more ${n}`)));
	const { sequence: head } = await send(alice, id, 'last');
	expect((await takeUntil(events, 'last')).map(({ sequence }) => sequence)).toEqual(range(1, head));
});

it.each(['ring', 'log'] as const)(
	'shows edits and deletions in what is resumed from the %s',
	async (source) => {
		const { id, lastSequence: start } = await converse(alice);
		const steady = follow(alice, id, { after: 0 });
		await take(steady, start);
		const edited = await send(alice, id, 'first wording');
		const deleted = await send(alice, id, 'a slip of the tongue');
		const first = await take(steady, 2);
		expect(first.map(({ message }) => message?.body)).toEqual(['first wording', 'a slip of the tongue']);
		await mutate(alice, 'editMessage', { messageId: edited.id, body: 'second wording' });
		await mutate(alice, 'deleteMessage', { messageId: deleted.id });
		const changes = await take(steady, 2);
		expect(changes).toMatchObject([
			{ __typename: 'MessageEdited', message: { id: edited.id, body: 'second wording' } },
			{ __typename: 'MessageDeleted', message: { id: deleted.id, body: '' } },
		]);
		if (source === 'log') {
			for (const n of range(1, RING)) await send(alice, id, `${n}`);
			await take(steady, RING);
		}
		const before = await resumes(source);
		const resumed = await take(follow(alice, id, { after: edited.sequence - 1 }), 4);
		expect(resumed).toMatchObject([
			{ __typename: 'MessageSent', message: { body: 'second wording', deletedAt: null } },
			{ __typename: 'MessageSent', message: { body: '', deletedAt: expect.any(String) } },
			{ __typename: 'MessageEdited', message: { body: 'second wording' } },
			{ __typename: 'MessageDeleted', message: { body: '' } },
		]);
		expect(await resumes(source)).toBe(before + 1);
	},
);
