import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { sendBody, sendOverHttp } from '../support/outbound-api.ts';
import { startService, type TestService } from '../support/service.ts';

const PUBLIC_URL = 'https://93.184.215.14/a.png';

let service: TestService;
let agent: Client;

beforeAll(async () => {
	// Nobody is there; nothing that is to be sent comes to be.
	const url = 'http://127.0.0.1:9/';
	service = await startService({ SMS_PROVIDER_URL: url, EMAIL_PROVIDER_URL: url });
	agent = await service.client('Agent', 'AGENT');
});
afterAll(() => service.stop());

/** What was refused left nothing behind, so that nothing of it is sent either. */
async function expectRefused(body: unknown, field: string): Promise<void> {
	const answer = await sendOverHttp(service, agent.person, body);
	const { code, field: named } = answer.body.error;
	expect({ status: answer.status, code, field: named }).toEqual({
		status: 400,
		code: 'INVALID_INPUT',
		field,
	});
	const { conversations } = await agent.query<{ conversations: { edges: unknown[] } }>(
		'{ conversations(first: 1) { edges { node { id } } } }',
	);
	expect(conversations.edges).toEqual([]);
}

test.each([
	['from', { from_: undefined }],
	['from', { from_: undefined, from: 'nobody' }],
	['from_', { from_: 'nobody' }],
	['from_', { from_: 11234567890 }],
	['from_', { from_: '+11234567890', from: '+10987654321' }],
	['to', { to: undefined }],
	['to', { to: null }],
	['to', { to: '0987654321' }],
	['to', { to: 'sam@example.com' }],
	['to', { type: 'email', from_: 'help@example.com', to: 'sam@example.com\r\nBcc: eve@example.com' }],
	['type', { type: undefined }],
	['type', { type: 'fax' }],
	['type', { type: ['sms'] }],
	['body', { body: undefined }],
	['body', { body: ' \n' }],
	['body', { body: 'a\u0000b' }],
	['body', { body: { toString: 1 } }],
	['attachments', { type: 'mms', attachments: 'https://example.com/a.png' }],
	['attachments.1', { type: 'mms', attachments: [PUBLIC_URL, 5] }],
	['attachments', { attachments: [PUBLIC_URL] }],
	['attachments', { type: 'mms', attachments: Array.from({ length: 11 }, () => PUBLIC_URL) }],
	['attachments', { type: 'mms', attachments: ['javascript:alert(1)'] }],
	['attachments', { type: 'mms', attachments: ['http://127.0.0.1:4000/health'] }],
	['attachments', { type: 'mms', attachments: ['http://169.254.169.254/latest/meta-data'] }],
	['attachments', { type: 'mms', attachments: [PUBLIC_URL, 'http://[::ffff:10.0.0.1]/'] }],
	['timestamp', { timestamp: '2025-05-21' }],
	['timestamp', { timestamp: '2025-05-21T18:00:00' }],
	['timestamp', { timestamp: '2025-02-30T18:00:00Z' }],
	['timestamp', { timestamp: 1747850400 }],
	['timestamp', { timestamp: '0000-01-01T00:00:00Z' }],
	['timestamp', { timestamp: '9999-12-31T23:59:59-14:00' }],
	['client_message_id', { client_message_id: 7 }],
])('what is not valid is answered with 400 naming %s: %j', async (field, more) => {
	await expectRefused(sendBody(more), field);
});

test.each(['', '{', 'null', '[]', '"text"', '[{"to": "+10987654321"}]', '{"to": "\ud800'])(
	'what is no JSON object is answered with 400: %j',
	async (text) => {
		await expectRefused(text, 'body');
	},
);

test('a name that every object has is none of it', async () => {
	await expectRefused('{"__proto__": {"to": "+10987654321"}}', 'to');
});

test('bytes that are no UTF-8 are no JSON', async () => {
	const text = JSON.stringify(sendBody({ body: '?' }));
	const body = Buffer.from(text.replace('"?"', '"\u00ff"'), 'latin1');
	const headers = { authorization: `Bearer ${agent.person.token}`, 'content-type': 'application/json' };
	const response = await fetch(`${service.url}/messages/send`, { method: 'POST', headers, body });
	expect([response.status, await response.json()]).toMatchObject([400, { error: { field: 'body' } }]);
});
