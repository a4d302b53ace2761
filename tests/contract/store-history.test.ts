import { beforeAll, describe, expect, it } from 'vitest';
import { leaveConversation } from '../../src/conversations/leave-conversation.ts';
import type { PageRequest } from '../../src/conversations/pages.ts';
import type { Viewer } from '../../src/identity/viewer.ts';
import { append } from './store-append.ts';
import { DATABASES, send, useNodes } from './store-setup.ts';

const ALL = { notes: true };

describe.each(DATABASES)('the history of a conversation on %s', (kind) => {
	const nodes = useNodes(kind);
	let alice: Viewer;
	let id: string;

	/** Sequences 3 to 12; 5 and 9 are notes. */
	beforeAll(async () => {
		alice = await nodes.person();
		({ id } = await nodes.conversation(alice));
		await append(
			nodes.here,
			id,
			Array.from({ length: 10 }, (_, index) => ({ internal: index === 2 || index === 6 })),
		);
	});

	const page = async (request: PageRequest<number>, sight: { notes: boolean; memberId?: string } = ALL) => {
		const { rows, hasMore } = await nodes.here.conversations.history(id, sight, request);
		return { sequences: rows.map(({ sequence }) => sequence), hasMore };
	};

	it.each<[string, PageRequest<number>, number[], boolean]>([
		['from the start', { limit: 3, fromEnd: false }, [3, 4, 5], true],
		['from the end', { limit: 3, fromEnd: true }, [10, 11, 12], true],
		['after a cursor', { after: 5, limit: 3, fromEnd: false }, [6, 7, 8], true],
		['after a cursor, at the end', { after: 9, limit: 3, fromEnd: false }, [10, 11, 12], false],
		['after the last', { after: 12, limit: 3, fromEnd: false }, [], false],
		['before a cursor', { before: 8, limit: 3, fromEnd: true }, [5, 6, 7], true],
		['before a cursor, at the start', { before: 6, limit: 3, fromEnd: true }, [3, 4, 5], false],
		['before the first', { before: 3, limit: 3, fromEnd: true }, [], false],
		['between cursors, from the start', { after: 4, before: 9, limit: 3, fromEnd: false }, [5, 6, 7], true],
		['between cursors, from the end', { after: 4, before: 9, limit: 3, fromEnd: true }, [6, 7, 8], true],
		['between cursors, all', { after: 4, before: 9, limit: 4, fromEnd: true }, [5, 6, 7, 8], false],
		['between neighbours', { after: 4, before: 5, limit: 3, fromEnd: false }, [], false],
		['the last ones after a cursor', { after: 4, limit: 2, fromEnd: true }, [11, 12], true],
		['the first ones before a cursor', { before: 9, limit: 2, fromEnd: false }, [3, 4], true],
		['exactly all', { limit: 10, fromEnd: false }, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12], false],
		['nothing at all', { limit: 0, fromEnd: false }, [], true],
		['after the largest sequence', { after: 2_147_483_647, limit: 3, fromEnd: false }, [], false],
	])('is read %s', async (_, request, sequences, hasMore) => {
		expect(await page(request)).toEqual({ sequences, hasMore });
	});

	it.each<[string, PageRequest<number>, number[], boolean]>([
		['from the start', { limit: 3, fromEnd: false }, [3, 4, 6], true],
		['from the end', { limit: 3, fromEnd: true }, [10, 11, 12], true],
		['after the place of a note', { after: 5, limit: 3, fromEnd: false }, [6, 7, 8], true],
		['before the place of a note', { before: 9, limit: 3, fromEnd: true }, [6, 7, 8], true],
		['as exactly all', { limit: 8, fromEnd: true }, [3, 4, 6, 7, 8, 10, 11, 12], false],
	])('hides notes %s', async (_, request, sequences, hasMore) => {
		expect(await page(request, { notes: false })).toEqual({ sequences, hasMore });
	});

	it('is shown to a present member, and to nobody else', async () => {
		const bob = await nodes.person();
		const guest = await nodes.conversation(alice, { memberIds: [bob.user.id] });
		await send(nodes.here, alice, guest.id, 'hello');
		const bodies = async (memberId: string) => {
			const request = { limit: 5, fromEnd: false };
			const { rows } = await nodes.here.conversations.history(guest.id, { notes: false, memberId }, request);
			return rows.map(({ body }) => body);
		};
		expect(await bodies(bob.user.id)).toEqual(['hello']);
		await leaveConversation(nodes.there.domain, bob, { conversationId: guest.id });
		expect(await bodies(bob.user.id)).toEqual([]);
		expect(await bodies(alice.user.id)).toEqual(['hello']);
		expect(await bodies((await nodes.person()).user.id)).toEqual([]);
	});

	it('is that of one conversation', async () => {
		const other = await nodes.conversation(alice);
		await send(nodes.here, alice, other.id, 'elsewhere');
		const { rows } = await nodes.here.conversations.history(other.id, ALL, { limit: 50, fromEnd: true });
		expect(rows.map(({ body }) => body)).toEqual(['elsewhere']);
		expect(rows).toEqual([expect.objectContaining({ conversationId: other.id, authorId: alice.user.id })]);
	});

	it('keeps its order over 20,000 messages', async () => {
		const big = await nodes.conversation(alice);
		const ids: string[] = [];
		for (let part = 0; part < 10; part++) {
			const messages = await append(
				nodes.here,
				big.id,
				Array.from({ length: 2_000 }, () => ({})),
			);
			ids.push(...messages.map((message) => message.id));
		}
		const read = async (request: PageRequest<number>) => {
			const { rows, hasMore } = await nodes.there.conversations.history(big.id, ALL, request);
			return { ids: rows.map((message) => message.id), hasMore };
		};
		// The first two sequences are the creation and the join.
		expect(await read({ limit: 50, fromEnd: false })).toEqual({ ids: ids.slice(0, 50), hasMore: true });
		expect(await read({ limit: 50, fromEnd: true })).toEqual({ ids: ids.slice(-50), hasMore: true });
		const after = { after: 10_002, limit: 50, fromEnd: false };
		expect(await read(after)).toEqual({ ids: ids.slice(10_000, 10_050), hasMore: true });
		const before = { before: 10_003, limit: 50, fromEnd: true };
		expect(await read(before)).toEqual({ ids: ids.slice(9_950, 10_000), hasMore: true });
		expect(await read({ ...before, before: 40 })).toEqual({ ids: ids.slice(0, 37), hasMore: false });
	});
});
