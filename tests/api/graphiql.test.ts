import { afterEach, expect, test } from 'vitest';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;

afterEach(() => service.stop());

async function page(): Promise<{ status: number; type: string | null; text: string }> {
	const response = await fetch(`${service.url}/graphql`, { headers: { accept: 'text/html' } });
	return {
		status: response.status,
		type: response.headers.get('content-type'),
		text: await response.text(),
	};
}

/** Tokens within a text; their claims. */
function tokensIn(text: string): unknown[] {
	const found = text.matchAll(/Bearer [\w-]+\.([\w-]+)\.[\w-]+/g);
	return [...found].map(([, claims = '']) => JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')));
}

test('GraphiQL comes whole from the service, with the tour', async () => {
	service = await startService({ JWT_SECRET: '' });
	const { status, type, text } = await page();
	expect({ status, type }).toEqual({ status: 200, type: expect.stringContaining('text/html') });
	for (const step of [
		'mutation Create',
		'mutation Join',
		'mutation Send',
		'subscription Follow',
		'query History',
		'mutation Text',
	])
		expect(text).toContain(step);
	expect(text).not.toMatch(/<(script|link|img|iframe)\b[^>]*\b(src|href)=["']?(https?:)?\/\//i);
});

test('it is signed in where the service signs with a secret of its own, and its WebSocket too', async () => {
	service = await startService({ JWT_SECRET: '' });
	const { text } = await page();
	const roles = tokensIn(text).map((claims) => (claims as { role: string }).role);
	expect(new Set(roles)).toEqual(new Set(['agent', 'customer']));
	const [, token = ''] = /connectionParams: .*?"authorization":"(Bearer [^"]+)"/s.exec(text) ?? [];
	const response = await fetch(`${service.url}/graphql`, {
		method: 'POST',
		headers: { authorization: token, 'content-type': 'application/json' },
		body: JSON.stringify({ query: '{ viewer { role } }' }),
	});
	expect(await response.json()).toEqual({ data: { viewer: { role: 'AGENT' } } });
});

test("it holds no token where the operator's secret signs", async () => {
	service = await startService();
	const { status, text } = await page();
	expect(status).toBe(200);
	expect(tokensIn(text)).toEqual([]);
});
