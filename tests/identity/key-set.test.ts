import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTokenVerifier, type TokenSettings, type TokenVerifier } from '../../src/identity/tokens.ts';

interface Key {
	readonly kid: string;
	readonly alg: string;
	readonly privateKey: CryptoKey;
	readonly publicKey: CryptoKey;
	readonly jwk: JWK;
}

async function createKey(kid: string, alg = 'ES256'): Promise<Key> {
	const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
	return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } };
}

async function signWith({ alg, kid, privateKey }: Key): Promise<string> {
	return new SignJWT({ sub: 'alice', role: 'agent' }).setProtectedHeader({ alg, kid }).sign(privateKey);
}

/** Publishes keys over HTTP as an identity provider does. */
class KeyServer {
	keys: readonly Key[] = [];
	/** `hanging`: takes the request and never answers. */
	mode: 'well' | 'broken' | 'hanging' = 'well';
	requests = 0;
	readonly #server = createServer((_, response) => {
		this.requests++;
		if (this.mode === 'hanging') return;
		response.statusCode = this.mode === 'well' ? 200 : 500;
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify({ keys: this.keys.map(({ jwk }) => jwk) }));
	});

	async start(): Promise<TokenSettings> {
		this.#server.listen(0, '127.0.0.1');
		await once(this.#server, 'listening');
		const { port } = this.#server.address() as AddressInfo;
		const url = new URL(`http://127.0.0.1:${port}/jwks`);
		return { kind: 'jwks', url, issuer: undefined, audience: undefined, clockToleranceSeconds: 5 };
	}

	stop(): void {
		this.#server.close();
		this.#server.closeAllConnections();
	}
}

async function isTaken(verifier: TokenVerifier, token: string): Promise<boolean> {
	try {
		await verifier.verify(token);
		return true;
	} catch (error) {
		expect(error).toMatchObject({ code: 'UNAUTHENTICATED', message: 'A valid access token is required.' });
		return false;
	}
}

let server: KeyServer;
let settings: TokenSettings;

beforeEach(async () => {
	vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1) });
	server = new KeyServer();
	settings = await server.start();
});
afterEach(() => {
	server.stop();
	vi.useRealTimers();
});

function passSeconds(seconds: number): void {
	vi.setSystemTime(Date.now() + seconds * 1000);
}

describe('a token signed with a published key', () => {
	test.each(['RS256', 'ES256', 'EdDSA'])('is taken with %s', async (alg) => {
		const key = await createKey('k1', alg);
		server.keys = [key];
		expect(await createTokenVerifier(settings).verify(await signWith(key))).toMatchObject({
			subject: 'alice',
			role: 'AGENT',
		});
	});

	test.each(['PS256', 'RS512', 'ES384'])('is refused with %s', async (alg) => {
		const key = await createKey('k1', alg);
		server.keys = [key];
		expect(await isTaken(createTokenVerifier(settings), await signWith(key))).toBe(false);
	});

	test('is refused when the public key was taken for a shared secret', async () => {
		const key = await createKey('k1', 'RS256');
		server.keys = [key];
		const secret = new TextEncoder().encode(await exportSPKI(key.publicKey));
		const forged = await new SignJWT({ sub: 'alice' })
			.setProtectedHeader({ alg: 'HS256', kid: 'k1' })
			.sign(secret);
		expect(await isTaken(createTokenVerifier(settings), forged)).toBe(false);
	});

	test('is refused where a shared secret is configured', async () => {
		const key = await createKey('k1', 'RS256');
		const verifier = createTokenVerifier({
			...settings,
			kind: 'secret',
			secret: await exportSPKI(key.publicKey),
		});
		expect(await isTaken(verifier, await signWith(key))).toBe(false);
	});

	test('is refused when somebody else signed it under a published name', async () => {
		server.keys = [await createKey('k1')];
		expect(await isTaken(createTokenVerifier(settings), await signWith(await createKey('k1')))).toBe(false);
	});

	test('costs one fetch for many tokens', async () => {
		const key = await createKey('k1');
		server.keys = [key];
		const verifier = createTokenVerifier(settings);
		await Promise.all(Array.from({ length: 20 }, async () => verifier.verify(await signWith(key))));
		expect(server.requests).toBe(1);
	});
});

describe('rotation', () => {
	test('a new key is found when the first token comes with it', async () => {
		const [old, fresh] = [await createKey('k1'), await createKey('k2')];
		server.keys = [old];
		const verifier = createTokenVerifier(settings);
		expect(await isTaken(verifier, await signWith(old))).toBe(true);
		server.keys = [old, fresh];
		passSeconds(6);
		expect(await isTaken(verifier, await signWith(fresh))).toBe(true);
		expect(await isTaken(verifier, await signWith(old))).toBe(true);
	});

	test('unknown keys cause no more than one fetch in a while', async () => {
		const key = await createKey('k1');
		server.keys = [key];
		const verifier = createTokenVerifier(settings);
		expect(await isTaken(verifier, await signWith(key))).toBe(true);
		for (const kid of ['x1', 'x2', 'x3']) {
			expect(await isTaken(verifier, await signWith(await createKey(kid)))).toBe(false);
		}
		expect(server.requests).toBe(1);
	});

	test('a withdrawn key is refused soon, although its token was verified before', async () => {
		const [old, fresh] = [await createKey('k1'), await createKey('k2')];
		server.keys = [old, fresh];
		const verifier = createTokenVerifier(settings);
		const token = await signWith(old);
		expect(await isTaken(verifier, token)).toBe(true);
		server.keys = [fresh];
		// The key set is renewed behind the first request after a minute, so one of the next ones is refused.
		await expect
			.poll(async () => {
				passSeconds(60);
				return isTaken(verifier, token);
			})
			.toBe(false);
		expect(await isTaken(verifier, await signWith(fresh))).toBe(true);
	});
});

describe('a key server that is away', () => {
	test('shuts nobody out for some minutes, then everybody, and is found again', async () => {
		const key = await createKey('k1');
		server.keys = [key];
		const failed = vi.fn();
		const verifier = createTokenVerifier(settings, { onKeySetError: failed });
		const token = await signWith(key);
		expect(await isTaken(verifier, token)).toBe(true);
		server.mode = 'broken';
		passSeconds(540);
		expect(await isTaken(verifier, token)).toBe(true);
		await vi.waitFor(() => expect(failed).toHaveBeenCalledOnce());
		passSeconds(60);
		expect(await isTaken(verifier, token)).toBe(false);
		// This time the request itself was told.
		expect(failed).toHaveBeenCalledOnce();
		server.mode = 'well';
		expect(await isTaken(verifier, token)).toBe(true);
	});

	test('that hangs is given up', async () => {
		const key = await createKey('k1');
		server.keys = [key];
		server.mode = 'hanging';
		const verifier = createTokenVerifier(settings, { keySetTimeoutMs: 50 });
		expect(await isTaken(verifier, await signWith(key))).toBe(false);
		expect(server.requests).toBe(1);
	});
});
