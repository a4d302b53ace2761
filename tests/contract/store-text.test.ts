import { describe, expect, it } from 'vitest';
import { addMember } from '../../src/conversations/add-member.ts';
import { editMessage } from '../../src/conversations/edit-message.ts';
import { InvalidInputError } from '../../src/conversations/errors.ts';
import { newId } from '../../src/conversations/ids.ts';
import { LIMITS } from '../../src/conversations/limits.ts';
import { RequestReader } from '../../src/conversations/request-reader.ts';
import { DATABASES, send, useNodes } from './store-setup.ts';

/** What a database may lose, fold, cut or read as something else. */
const TEXTS = {
	emoji: '👩‍👩‍👧‍👦 😀🇺🇳',
	'4-byte characters': '𝒳𐍈𠮷',
	'combining marks': 'e\u0301 is not é, a\u0323\u0307',
	'right-to-left': 'שלום \u202bمرحبا\u202c',
	'blanks at both ends': '  blank\t ',
	capitals: 'A a Ä ä ß ẞ ı İ',
	'quotes and signs': `'"\`; -- ? $1 :name @p1 % _ [x] \\ \\' \${x}`,
	'line breaks': 'one\r\ntwo\nthree\u2028four',
	'what is not assigned': '\ufeff\uffff\u{10ffff}',
};

describe.each(DATABASES)('text on %s', (kind) => {
	const nodes = useNodes(kind);

	it.each(Object.entries(TEXTS))('keeps %s in every column', async (_, text) => {
		// The claims of a token have no control characters and no blanks at their ends.
		const claim = text.replace(/[\p{Cc}\p{Zl}]/gu, '').trim();
		const claims = { subject: `${newId()} ${claim}`, name: claim, role: 'AGENT' as const };
		const user = await nodes.here.users.ensure(claims);
		expect(await nodes.there.users.byIds([user.id])).toEqual([{ id: user.id, ...claims }]);
		expect(await nodes.there.users.bySubject(claims.subject)).toEqual(user);

		const agent = { user, expiresAt: Number.POSITIVE_INFINITY };
		const { id } = await nodes.conversation(agent, { subject: text });
		const { message } = await send(nodes.here, agent, id, text, { clientMessageId: text });
		await editMessage(nodes.here.domain, agent, { messageId: message.id, body: `${text}!` });
		const again = await send(nodes.there, agent, id, text, { clientMessageId: text });
		expect(again.message).toMatchObject({ id: message.id, body: `${text}!`, clientMessageId: text });

		const [seen] = await nodes.there.conversations.conversations([id], user.id);
		expect(seen?.conversation.subject).toBe(text);
		const { rows } = await nodes.there.conversations.history(
			id,
			{ notes: true },
			{ limit: 1, fromEnd: true },
		);
		expect(rows).toEqual([expect.objectContaining({ body: `${text}!`, clientMessageId: text })]);
		expect(await nodes.there.conversations.revisions(message.id)).toEqual([
			expect.objectContaining({ body: text }),
		]);
	});

	it.each([
		['ASCII', 'a', LIMITS.bodyBytes],
		['4-byte characters', '𠮷', LIMITS.bodyBytes / 4],
	])('keeps a body of 64 KB of %s', async (_, character, count) => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const body = character.repeat(count);
		const { message } = await send(nodes.here, alice, id, body);
		await editMessage(nodes.here.domain, alice, { messageId: message.id, body: body.replace(character, '') });
		const [event] = await nodes.there.conversations.eventsAfter(id, 2, 1);
		expect(event?.message?.body === body.replace(character, '')).toBe(true);
		const [revision] = await nodes.there.conversations.revisions(message.id);
		expect(revision?.body === body).toBe(true);
	});

	it('keeps a commit of many large bodies', async () => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const bodies = Array.from({ length: 64 }, (_, index) => `${index} ${'𠮷'.repeat(16_000)}`);
		await Promise.all(bodies.map((body) => send(nodes.here, alice, id, body)));
		const { rows } = await nodes.there.conversations.history(
			id,
			{ notes: true },
			{ limit: 64, fromEnd: false },
		);
		expect(rows.every(({ body }, index) => body === bodies[index])).toBe(true);
		expect(rows).toHaveLength(64);
	});

	it.each([
		['a byte more than 64 KB', 'a'.repeat(LIMITS.bodyBytes + 1)],
		['1 MB', 'a'.repeat(1_048_576)],
		['1 MB in 4-byte characters', '𠮷'.repeat(262_144)],
		['U+0000', 'a\0b'],
		['half a character', 'a\ud83d'],
		['blanks alone', ' \t\n'],
	])('refuses a body of %s', async (_, body) => {
		const alice = await nodes.person();
		const { id } = await nodes.conversation(alice);
		const { message } = await send(nodes.here, alice, id, 'fine');
		const refused = { constructor: InvalidInputError, field: 'body' };
		await expect(send(nodes.here, alice, id, body)).rejects.toMatchObject(refused);
		const edit = editMessage(nodes.here.domain, alice, { messageId: message.id, body });
		await expect(edit).rejects.toMatchObject(refused);
		expect(await nodes.log(id)).toHaveLength(3);
	});

	it.each(['a\0b', 'a\ud83d'])('refuses %j wherever else a caller may write it', async (text) => {
		const agent = await nodes.person('AGENT');
		const { id } = await nodes.conversation(agent);
		const { domain } = nodes.here;
		const reader = new RequestReader(domain, agent);
		const page = { limit: 5, fromEnd: false };
		const refusals: Record<string, Promise<unknown>> = {
			subject: nodes.conversation(agent, { subject: text }),
			clientMessageId: send(nodes.here, agent, id, 'fine', { clientMessageId: text }),
			search: reader.conversations({ search: text }, page),
		};
		for (const [field, refusal] of Object.entries(refusals))
			await expect(refusal).rejects.toMatchObject({ constructor: InvalidInputError, field });
		await expect(reader.users(text, page)).rejects.toMatchObject({ field: 'search' });
		const after = { ...page, after: { name: text, id: newId() } };
		await expect(reader.users(undefined, after)).rejects.toMatchObject({ field: 'after' });
		const before = { ...page, before: { name: text, id: newId() } };
		await expect(reader.users(undefined, before)).rejects.toMatchObject({ field: 'before' });
		const added = addMember(domain, agent, { conversationId: id, subject: text });
		await expect(added).rejects.toMatchObject({ constructor: InvalidInputError, field: 'subject' });
	});
});
