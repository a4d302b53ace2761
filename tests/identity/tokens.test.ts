import { SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { signToken } from '../../src/identity/sign.ts';
import {
	type Claims,
	createTokenVerifier,
	type TokenSettings,
	UnauthenticatedError,
} from '../../src/identity/tokens.ts';

const SECRET = 'a-secret-for-tests-with-40-characters-xx';
const NOW = Date.UTC(2030, 0, 1);
const NOW_SECONDS = NOW / 1000;

const settings: TokenSettings = {
	kind: 'secret',
	secret: SECRET,
	issuer: undefined,
	audience: undefined,
	clockToleranceSeconds: 5,
};

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
	vi.useRealTimers();
});

async function sign(payload: Record<string, unknown>, alg = 'HS256', secret = SECRET): Promise<string> {
	return new SignJWT(payload).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
}

async function claimsOf(payload: Record<string, unknown>): Promise<Claims> {
	return createTokenVerifier(settings).verify(await sign(payload));
}

/** Asserts that a token is refused, as every other is: with the one message. */
async function expectRefused(verification: Claims | Promise<Claims>): Promise<UnauthenticatedError> {
	const error = await Promise.resolve(verification).then(
		(claims) => expect.unreachable(`taken: ${JSON.stringify(claims)}`),
		(reason: unknown) => reason,
	);
	expect(error).toBeInstanceOf(UnauthenticatedError);
	expect((error as Error).message).toBe('A valid access token is required.');
	return error as UnauthenticatedError;
}

describe('a token signed with the secret', () => {
	test('tells who its bearer is', async () => {
		const token = await signToken(SECRET, {
			subject: 'alice',
			name: 'Alice',
			role: 'AGENT',
			expiresInSeconds: 60,
		});
		expect(await createTokenVerifier(settings).verify(token)).toEqual({
			subject: 'alice',
			name: 'Alice',
			role: 'AGENT',
			expiresAt: NOW + 60_000,
		});
	});

	test('never expires without exp', async () => {
		expect(await claimsOf({ sub: 'alice' })).toMatchObject({ expiresAt: Number.POSITIVE_INFINITY });
	});

	test('is refused when another secret signed it, or a byte was changed', async () => {
		const verifier = createTokenVerifier(settings);
		await expectRefused(verifier.verify(await sign({ sub: 'alice' }, 'HS256', `${SECRET}x`)));
		const [header, , signature] = (await sign({ sub: 'alice', role: 'customer' })).split('.');
		const forged = Buffer.from('{"sub":"alice","role":"admin"}').toString('base64url');
		await expectRefused(verifier.verify(`${header}.${forged}.${signature}`));
	});

	test.each(['HS384', 'HS512'])('is refused with the algorithm %s', async (alg) => {
		const token = await sign({ sub: 'alice' }, alg, SECRET.repeat(2));
		await expectRefused(createTokenVerifier({ ...settings, secret: SECRET.repeat(2) }).verify(token));
	});

	test('is refused without a signature', async () => {
		const unsecured = new UnsecuredJWT({ sub: 'alice', role: 'admin' }).encode();
		const error = await expectRefused(createTokenVerifier(settings).verify(unsecured));
		expect(error.cause).toBeInstanceOf(Error);
		const [, payload] = unsecured.split('.');
		for (const alg of ['None', 'NONE', 'nOnE']) {
			const header = Buffer.from(JSON.stringify({ alg })).toString('base64url');
			await expectRefused(createTokenVerifier(settings).verify(`${header}.${payload}.`));
		}
	});

	test.each(['', '.', '..', 'a.b.c', 'x'.repeat(100_000), '\u0000', 'é.é.é'])(
		'%j is no token',
		async (text) => {
			await expectRefused(createTokenVerifier(settings).verify(text));
		},
	);

	test('is refused when it is longer than any sensible one, although it is signed', async () => {
		await expectRefused(
			createTokenVerifier(settings).verify(await sign({ sub: 'alice', x: 'x'.repeat(20_000) })),
		);
	});
});

describe('issuer and audience', () => {
	const verifier = createTokenVerifier({ ...settings, issuer: 'https://id.example.com', audience: 'pendo' });

	test('must be the ones that are set', async () => {
		const right = {
			subject: 'alice',
			role: 'CUSTOMER',
			issuer: 'https://id.example.com',
			audience: 'pendo',
		} as const;
		expect(await verifier.verify(await signToken(SECRET, right))).toMatchObject({ subject: 'alice' });
		await expectRefused(
			verifier.verify(await signToken(SECRET, { ...right, issuer: 'https://evil.example' })),
		);
		await expectRefused(verifier.verify(await signToken(SECRET, { ...right, audience: 'other' })));
		await expectRefused(verifier.verify(await signToken(SECRET, { ...right, issuer: undefined })));
		await expectRefused(verifier.verify(await signToken(SECRET, { ...right, audience: undefined })));
	});

	test('one audience of several is enough', async () => {
		const token = await sign({ sub: 'alice', iss: 'https://id.example.com', aud: ['other', 'pendo'] });
		expect(await verifier.verify(token)).toMatchObject({ subject: 'alice' });
	});
});

describe('time', () => {
	test('exp and nbf hold with the tolerance and no more', async () => {
		expect(await claimsOf({ sub: 'a', exp: NOW_SECONDS - 4 })).toMatchObject({ expiresAt: NOW - 4000 });
		expect(await claimsOf({ sub: 'a', nbf: NOW_SECONDS + 5 })).toMatchObject({ subject: 'a' });
		await expectRefused(claimsOf({ sub: 'a', exp: NOW_SECONDS - 5 }));
		await expectRefused(claimsOf({ sub: 'a', nbf: NOW_SECONDS + 6 }));
		await expectRefused(claimsOf({ sub: 'a', exp: '2040-01-01' }));
	});

	test('a verified token answers at once, and is refused when it has run out', async () => {
		const verifier = createTokenVerifier(settings);
		const token = await signToken(SECRET, { subject: 'alice', role: 'CUSTOMER', expiresInSeconds: 30 });
		const verifying = verifier.verify(token);
		expect(verifying).toBeInstanceOf(Promise);
		const first = await verifying;
		vi.setSystemTime(NOW + 34_999);
		expect(verifier.verify(token)).toBe(first);
		vi.setSystemTime(NOW + 35_000);
		await expectRefused(verifier.verify(token));
	});

	test('a verified token is verified again after a minute, or when the clock went back', async () => {
		const verifier = createTokenVerifier(settings);
		const token = await signToken(SECRET, { subject: 'alice', role: 'CUSTOMER' });
		await verifier.verify(token);
		vi.setSystemTime(NOW + 60_000);
		const again = [verifier.verify(token), verifier.verify(token)];
		for (const one of again) expect(one).toBeInstanceOf(Promise);
		await Promise.all(again);
		vi.setSystemTime(NOW);
		const back = verifier.verify(token);
		expect(back).toBeInstanceOf(Promise);
		await back;
	});

	test('a refused token is never remembered as verified', async () => {
		const verifier = createTokenVerifier(settings);
		const token = await sign({ sub: '' });
		await expectRefused(verifier.verify(token));
		await expectRefused(verifier.verify(token));
	});
});

describe('claims', () => {
	test.each([
		[{}, 'CUSTOMER'],
		[{ role: 'customer' }, 'CUSTOMER'],
		[{ role: 'agent' }, 'AGENT'],
		[{ role: 'admin' }, 'ADMIN'],
	])('%j is the role %s', async (claims, role) => {
		expect(await claimsOf({ sub: 'alice', ...claims })).toMatchObject({ role });
	});

	test.each(['root', 'ADMIN', '', null, 1, ['admin'], 'constructor', '__proto__'])(
		'role %j is refused',
		async (role) => {
			await expectRefused(claimsOf({ sub: 'alice', role }));
		},
	);

	test.each([
		undefined,
		'',
		' ',
		'alice ',
		' alice',
		'x'.repeat(256),
		'a\nb',
		'a\u0000',
		'a\u0085b',
		'\ud800',
		7,
		null,
	])('sub %j is refused', async (sub) => {
		await expectRefused(claimsOf({ sub }));
	});

	test('a subject keeps every character', async () => {
		for (const sub of ['x'.repeat(255), 'auth0|12 34', 'ünï🦊', "'; drop table users; --"]) {
			expect(await claimsOf({ sub })).toMatchObject({ subject: sub });
		}
	});

	test.each([
		[undefined, 'alice'],
		['', 'alice'],
		[' \n ', 'alice'],
		[42, 'alice'],
		['Ali\r\nce\u001b[31m', 'Alice[31m'],
		['A\u2028B', 'AB'],
		['a\ud800b', 'a\ufffdb'],
		['x'.repeat(300), 'x'.repeat(200)],
		[`${'x'.repeat(199)}🦊`, 'x'.repeat(199)],
		[' Zoë 🦊 ', 'Zoë 🦊'],
	])('name %j is shown as %j', async (name, shown) => {
		expect(await claimsOf({ sub: 'alice', name })).toMatchObject({ name: shown });
	});

	test('a subject that stands in for a name is cut like one', async () => {
		expect(await claimsOf({ sub: 'x'.repeat(255) })).toMatchObject({ name: 'x'.repeat(200) });
	});
});
