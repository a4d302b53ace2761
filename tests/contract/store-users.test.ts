import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/conversations/ids.ts';
import { leaveConversation } from '../../src/conversations/leave-conversation.ts';
import type { PageRequest, UserCursor } from '../../src/conversations/pages.ts';
import type { User } from '../../src/identity/viewer.ts';
import { DATABASES, idOrder, useNodes } from './store-setup.ts';

describe.each(DATABASES)('users on %s', (kind) => {
	const nodes = useNodes(kind);

	it('are made once, however many requests and nodes meet them first', async () => {
		for (let round = 0; round < 10; round++) {
			const claims = { subject: `first-${newId()}`, name: 'Alice', role: 'CUSTOMER' as const };
			const users = await Promise.all(
				Array.from({ length: 6 }, (_, index) => (index % 2 ? nodes.here : nodes.there).users.ensure(claims)),
			);
			expect(new Set(users.map(({ id }) => id)).size).toBe(1);
			expect(await nodes.there.users.bySubject(claims.subject)).toEqual(users[0]);
		}
	});

	it('follow their token, and keep their id', async () => {
		const subject = `changing-${newId()}`;
		const before = await nodes.here.users.ensure({ subject, name: 'Alice', role: 'CUSTOMER' });
		const after = await nodes.here.users.ensure({ subject, name: 'Alice Jones', role: 'AGENT' });
		expect(after).toEqual({ id: before.id, subject, name: 'Alice Jones', role: 'AGENT' });
		expect(await nodes.there.users.bySubject(subject)).toEqual(after);
		expect(await nodes.there.users.byIds([before.id, newId()])).toEqual([after]);
	});

	it('are unknown under another subject, also one that differs by case or a blank', async () => {
		const subject = `subject-${newId()}`;
		const user = await nodes.here.users.ensure({ subject, name: 'Alice', role: 'CUSTOMER' });
		expect(await nodes.here.users.bySubject(subject)).toEqual(user);
		expect(await nodes.here.users.bySubject(subject.toUpperCase())).toBeUndefined();
		expect(await nodes.here.users.bySubject(`${subject} `)).toBeUndefined();
		const upper = { subject: subject.toUpperCase(), name: 'Alice', role: 'CUSTOMER' as const };
		expect((await nodes.here.users.ensure(upper)).id).not.toBe(user.id);
	});

	it('share a conversation that one is in and the other is or was in', async () => {
		const [alice, bob, carol] = [await nodes.person(), await nodes.person(), await nodes.person()];
		const { id } = await nodes.conversation(alice, { memberIds: [bob.user.id] });
		const shares = (one: typeof alice, other: typeof alice) =>
			nodes.there.users.sharesConversation(one.user.id, other.user.id);
		expect(await shares(alice, bob)).toBe(true);
		expect(await shares(bob, alice)).toBe(true);
		expect(await shares(alice, carol)).toBe(false);
		await leaveConversation(nodes.here.domain, bob, { conversationId: id });
		expect(await shares(alice, bob)).toBe(true);
		expect(await shares(bob, alice)).toBe(false);
	});
});

describe.each(DATABASES)('the list of users on %s', (kind) => {
	const nodes = useNodes(kind);
	const NAMES = [
		'100% Alice',
		'ALICE',
		'Alice',
		'Alice',
		'Alice',
		'[Bob]',
		'back\\slash',
		'under_score',
		'Élodie Ørsted',
		'Ειρήνη',
		'😀 Smile',
	];
	/** By code point, the id deciding between equals: what every database is to answer. */
	let listed: readonly User[];

	beforeAll(async () => {
		const users = await Promise.all(
			NAMES.map((name, index) =>
				nodes.here.users.ensure({ subject: `x-${index}-${newId().slice(-6)}`, name, role: 'CUSTOMER' }),
			),
		);
		listed = [...users].sort(
			(a, b) => (a.name === b.name ? 0 : a.name < b.name ? -1 : 1) || idOrder(kind)(a.id, b.id),
		);
	});

	const search = async (text?: string, page: PageRequest<UserCursor> = { limit: 50, fromEnd: false }) =>
		nodes.there.users.search(text, page);
	const names = async (text: string) => (await search(text)).rows.map(({ name }) => name);

	it('is in the order of names, capitals first, the id deciding between equals', async () => {
		expect(await search()).toEqual({ rows: listed, hasMore: false });
	});

	it.each([1, 2, 3, 4])('is walked in pages of %i, both ways, without a hole or a double', async (limit) => {
		const walk = async (fromEnd: boolean) => {
			const seen: User[] = [];
			let cursor: Partial<PageRequest<UserCursor>> = {};
			for (;;) {
				const { rows, hasMore } = await search(undefined, { limit, fromEnd, ...cursor });
				if (fromEnd) seen.unshift(...rows);
				else seen.push(...rows);
				const edge = fromEnd ? rows[0] : rows.at(-1);
				if (!hasMore || edge === undefined) return seen;
				cursor = fromEnd ? { before: edge } : { after: edge };
			}
		};
		expect(await walk(false)).toEqual(listed);
		expect(await walk(true)).toEqual(listed);
	});

	it.each([
		['alice', ['100% Alice', 'ALICE', 'Alice', 'Alice', 'Alice']],
		['aLiC', ['100% Alice', 'ALICE', 'Alice', 'Alice', 'Alice']],
		['%', ['100% Alice']],
		['_', ['under_score']],
		['[', ['[Bob]']],
		['[Bob]', ['[Bob]']],
		['[A-Z]', []],
		['\\', ['back\\slash']],
		['k\\s', ['back\\slash']],
		['\\%', []],
		['Élodie Ørsted', ['Élodie Ørsted']],
		['Ørs', ['Élodie Ørsted']],
		['Ειρήνη', ['Ειρήνη']],
		['😀', ['😀 Smile']],
		["'; drop table users; --", []],
	])('finds %s in names as it is written, but for the case', async (text, found) => {
		expect(await names(text)).toEqual(found);
	});

	it('finds subjects too', async () => {
		const [user] = listed;
		expect((await search(user?.subject.toUpperCase())).rows).toEqual([user]);
	});
});
