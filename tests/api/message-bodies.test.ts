import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConversation, history, log, perform, refusal, see, send } from '../support/chat.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let alice: Client;
let conversationId: string;

beforeAll(async () => {
	service = await startService();
	alice = await service.client('Alice');
	conversationId = (await createConversation(alice)).id;
});
afterAll(() => service.stop());

const BODIES: Readonly<Record<string, string>> = {
	emoji: '👋🏽 👨‍👩‍👧‍👦 🇨🇭 ❤️‍🔥',
	'right-to-left text': 'שלום עולם — مرحبا بالعالم ‏(x)‏',
	quotes: `'single' "double" \`back\` ''; drop table messages; -- \\' \\\\`,
	'placeholders and wildcards': '? ?? :name $1 @p1 % _ %% [a-z] {0}',
	'characters of four bytes': '𐍈𝄞𠜎\u{10FFFF}',
	'control characters and line ends': 'a\tb\r\nc\u0001\u001b[31m\u007f\u2028\u2029',
	'spaces at both ends': '  spaced  ',
	'combining marks, not normalised': 'e\u0301 \u00e9 ﬀ \ufeff',
	'what looks like JSON and HTML': '{"a":[1,null]} <script>alert(1)</script> &amp;',
	'what looks like a number or null': '007',
};

describe('a body round-trips exactly', () => {
	test.each(Object.entries(BODIES))('%s', async (_name, body) => {
		const { id: messageId, sequence, body: answered } = await send(alice, conversationId, body);
		expect(answered).toBe(body);
		expect((await history(alice, conversationId)).find(({ id }) => id === messageId)?.body).toBe(body);
		const events = await log(alice, conversationId, sequence);
		expect(events.at(-1)?.message?.body).toBe(body);
		// And as an edit.
		const other = await send(alice, conversationId, 'x');
		await perform(alice, 'editMessage', { messageId: other.id, body });
		expect((await history(alice, conversationId)).at(-1)?.body).toBe(body);
	});

	test('up to 64 KiB', async () => {
		for (const body of ['x'.repeat(65_536), 'é'.repeat(32_768), '😀'.repeat(16_384)]) {
			const { id } = await send(alice, conversationId, body);
			const read = (await history(alice, conversationId)).at(-1);
			expect(read?.id).toBe(id);
			expect(read?.body === body).toBe(true);
		}
	});
});

describe('a body is refused, naming the field and the limit', () => {
	test.each([
		['empty', '', 'blank'],
		['blank', ' \t\r\n\u00a0\u2003', 'blank'],
		['a byte above 64 KiB', 'x'.repeat(65_537), '65536'],
		['above 64 KiB in bytes, not in characters', '😀'.repeat(16_385), '65536'],
		['with U+0000', 'a\0b', 'U+0000'],
		['with a lone high surrogate', 'a\ud83d', 'Unicode'],
		['with a lone low surrogate', '\ude00b', 'Unicode'],
		['with surrogates in the wrong order', '\ude00\ud83d', 'Unicode'],
	])('%s', async (_name, body, reason) => {
		const { id: messageId } = await send(alice, conversationId, 'Kept');
		const { lastSequence } = await see(alice, conversationId);
		for (const refused of [
			await refusal(alice, 'sendMessage', { conversationId, body }),
			await refusal(alice, 'editMessage', { messageId, body }),
		])
			expect(refused).toMatchObject({
				__typename: 'InvalidInputError',
				code: 'INVALID_INPUT',
				field: 'body',
				retryable: false,
				reason: expect.stringContaining(reason),
			});
		expect(await see(alice, conversationId)).toMatchObject({ lastSequence });
		expect((await history(alice, conversationId)).at(-1)).toMatchObject({ id: messageId, body: 'Kept' });
	});

	test('as bytes that are no UTF-8', async () => {
		const query = `mutation { sendMessage(input: { conversationId: "${conversationId}", body: "X" }) { __typename } }`;
		const response = await fetch(`${service.url}/graphql`, {
			method: 'POST',
			headers: { authorization: `Bearer ${alice.person.token}`, 'content-type': 'application/json' },
			body: Buffer.from(JSON.stringify({ query }).replace('X', '\xff'), 'latin1'),
		});
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
	});
});
