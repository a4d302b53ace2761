import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../support/service.ts';

const SECRET = 'the secret of this service, long enough for HS256';
const ISSUER = 'https://login.example.com';
const AUDIENCE = 'pendo-message';

let service: TestService;

beforeAll(async () => {
	service = await startService({ JWT_SECRET: SECRET, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE });
});
afterAll(() => service.stop());

function token(
	change: (jwt: SignJWT) => SignJWT = (jwt) => jwt,
	secret = SECRET,
	alg = 'HS256',
): Promise<string> {
	const jwt = new SignJWT({ name: 'Mallory', role: 'customer' })
		.setSubject('mallory')
		.setIssuer(ISSUER)
		.setAudience(AUDIENCE)
		.setExpirationTime('1h');
	return change(jwt).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
}

function ask(authorization?: string): Promise<Response> {
	return fetch(`${service.url}/graphql`, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			'x-request-id': 'the-same',
			...(authorization !== undefined && { authorization }),
		},
		body: JSON.stringify({ query: '{ viewer { subject name role } }' }),
	});
}

test('a good token tells who asks, and its name and role are the user’s from then on', async () => {
	const viewer = async (bearer: string) => (await (await ask(`Bearer ${bearer}`)).json()) as unknown;
	expect(await viewer(await token())).toEqual({
		data: { viewer: { subject: 'mallory', name: 'Mallory', role: 'CUSTOMER' } },
	});
	const renamed = await new SignJWT({ name: 'Mal', role: 'agent' })
		.setSubject('mallory')
		.setIssuer(ISSUER)
		.setAudience([AUDIENCE, 'another'])
		.setExpirationTime('1h')
		.setProtectedHeader({ alg: 'HS256' })
		.sign(new TextEncoder().encode(SECRET));
	expect(await viewer(renamed)).toEqual({
		data: { viewer: { subject: 'mallory', name: 'Mal', role: 'AGENT' } },
	});
});

describe('401 UNAUTHENTICATED, with no reason, answers', () => {
	const unsecured = () =>
		new UnsecuredJWT({ name: 'Mallory', role: 'admin' })
			.setSubject('mallory')
			.setIssuer(ISSUER)
			.setAudience(AUDIENCE)
			.setExpirationTime('1h')
			.encode();

	const BAD: Readonly<Record<string, () => string | undefined | Promise<string | undefined>>> = {
		'no token': () => undefined,
		'an empty header': () => '',
		'another scheme': async () => `Basic ${await token()}`,
		'a token without its scheme': () => token(),
		rubbish: () => 'Bearer rubbish',
		'a token that ran out': async () => `Bearer ${await token((jwt) => jwt.setExpirationTime('-1h'))}`,
		'a token for later': async () => `Bearer ${await token((jwt) => jwt.setNotBefore('1h'))}`,
		'alg none': () => `Bearer ${unsecured()}`,
		'another algorithm of the same family': async () =>
			`Bearer ${await token(undefined, SECRET.repeat(2), 'HS512')}`,
		'another secret': async () => `Bearer ${await token(undefined, 'another secret, long enough for HS256')}`,
		'another issuer': async () => `Bearer ${await token((jwt) => jwt.setIssuer('https://evil.example.com'))}`,
		'another audience': async () => `Bearer ${await token((jwt) => jwt.setAudience('another'))}`,
		'a changed payload': async () => {
			const [head, , signature] = (await token()).split('.');
			const payload = Buffer.from(JSON.stringify({ sub: 'root', role: 'admin', iss: ISSUER, aud: AUDIENCE }));
			return `Bearer ${head}.${payload.toString('base64url')}.${signature}`;
		},
		'an unknown role': async () => {
			const jwt = new SignJWT({ role: 'root' }).setSubject('m').setIssuer(ISSUER).setAudience(AUDIENCE);
			return `Bearer ${await jwt.setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(SECRET))}`;
		},
		'no subject': async () => `Bearer ${await token((jwt) => jwt.setSubject(''))}`,
	};

	test.each(Object.entries(BAD))('%s', async (_name, authorization) => {
		const response = await ask(await authorization());
		expect(response.status).toBe(401);
		expect(response.headers.get('www-authenticate')).toBe('Bearer');
		expect(await response.json()).toEqual({
			errors: [
				{
					message: 'A valid access token is required.',
					extensions: { code: 'UNAUTHENTICATED', requestId: 'the-same' },
				},
			],
		});
	});

	test('GET and server-sent events alike', async () => {
		const query = encodeURIComponent('{ viewer { subject } }');
		const byGet = await fetch(`${service.url}/graphql?query=${query}`);
		const byEvents = await fetch(`${service.url}/graphql?query=${query}`, {
			headers: { accept: 'text/event-stream' },
		});
		for (const response of [byGet, byEvents]) {
			expect(response.status).toBe(401);
			expect(await response.text()).toContain('UNAUTHENTICATED');
		}
	});
});

test('a bad token makes no user', async () => {
	const subject = 'never-seen';
	await ask(
		`Bearer ${await token((jwt) => jwt.setSubject(subject), 'another secret, long enough for HS256')}`,
	);
	const agent = await new SignJWT({ role: 'agent' })
		.setSubject('agent')
		.setIssuer(ISSUER)
		.setAudience(AUDIENCE)
		.setProtectedHeader({ alg: 'HS256' })
		.sign(new TextEncoder().encode(SECRET));
	const response = await fetch(`${service.url}/graphql`, {
		method: 'POST',
		headers: { authorization: `Bearer ${agent}`, 'content-type': 'application/json' },
		body: JSON.stringify({ query: `{ users(search: "${subject}") { edges { node { id } } } }` }),
	});
	expect(await response.json()).toEqual({ data: { users: { edges: [] } } });
});
