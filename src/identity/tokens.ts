import { createRemoteJWKSet, type JWTPayload, jwtVerify, type RemoteJWKSet } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Role } from './viewer.ts';

/** How tokens are checked. HS256 with a shared secret; RS256, ES256 or EdDSA with a published key set. */
export type TokenSettings = {
	/** The `iss` that a token must carry, when set. */
	readonly issuer: string | undefined;
	/** The `aud` that a token must carry, alone or among others, when set. */
	readonly audience: string | undefined;
	/** How far `exp` and `nbf` may be off. */
	readonly clockToleranceSeconds: number;
} & ({ readonly kind: 'secret'; readonly secret: string } | { readonly kind: 'jwks'; readonly url: URL });

/** Who a token says its bearer is. */
export interface Claims {
	readonly subject: string;
	readonly name: string;
	readonly role: Role;
	/** Milliseconds since the epoch; Infinity without `exp`. In the past by up to the tolerance when a token is just running out. */
	readonly expiresAt: number;
}

/** One message for every reason, so that nobody learns which check failed; the reason is in `cause`, for debug logs. */
export class UnauthenticatedError extends Error {
	readonly code = 'UNAUTHENTICATED';

	constructor(cause?: unknown) {
		super('A valid access token is required.', { cause });
		this.name = 'UnauthenticatedError';
	}
}

export interface TokenVerifier {
	/**
	 * The claims of a valid token, at once when it was verified a short time ago.
	 * Never throws; rejects with an UnauthenticatedError for whatever reason it is not valid.
	 */
	verify(token: string): Claims | Promise<Claims>;
}

export interface TokenVerifierOptions {
	/** Told of a key set that could not be fetched in the background. */
	readonly onKeySetError?: (error: unknown) => void;
	/** How long the outcome of a verification is trusted, and a key set is used without asking for a newer one. */
	readonly trustMs?: number;
	/** A key set that could not be renewed for so long is used no more. */
	readonly keySetMaxAgeMs?: number;
	/** Between two fetches because of a key that the set does not know. */
	readonly keySetCooldownMs?: number;
	readonly keySetTimeoutMs?: number;
}

const TRUST_MS = 60_000;
const KEY_SET_MAX_AGE_MS = 600_000;
const KEY_SET_COOLDOWN_MS = 5000;
const KEY_SET_TIMEOUT_MS = 5000;
/** Of one token; what is longer is refused unread. */
const TOKEN_MAX_CHARACTERS = 16_384;
const CACHE_MAX_CHARACTERS = 16 * 1024 * 1024;
const SUBJECT_MAX_CHARACTERS = 255;
const NAME_MAX_CHARACTERS = 200;
const ROLES: ReadonlyMap<unknown, Role> = new Map([
	[undefined, 'CUSTOMER'],
	['customer', 'CUSTOMER'],
	['agent', 'AGENT'],
	['admin', 'ADMIN'],
]);

/** Verifies the JWTs (RFC 7519) that `settings` allow. Holds nothing that needs closing. */
export function createTokenVerifier(
	settings: TokenSettings,
	options: TokenVerifierOptions = {},
): TokenVerifier {
	const { trustMs = TRUST_MS } = options;
	const toleranceMs = settings.clockToleranceSeconds * 1000;
	const check = createCheck(settings, options);
	const verified = new LRUCache<string, { readonly claims: Claims; readonly at: number }>({
		maxSize: CACHE_MAX_CHARACTERS,
		sizeCalculation: (_, token) => token.length,
	});

	async function verifyNow(token: string): Promise<Claims> {
		try {
			if (token.length > TOKEN_MAX_CHARACTERS) throw new Error('The token is too long.');
			const at = Date.now();
			const claims = readClaims(await check(token));
			verified.set(token, { claims, at });
			return claims;
		} catch (error) {
			verified.delete(token);
			throw new UnauthenticatedError(error);
		}
	}

	return {
		verify(token) {
			const known = verified.get(token);
			if (known === undefined) return verifyNow(token);
			const now = Date.now();
			// A clock that was set back must not lengthen the trust.
			const trusted = now >= known.at && now < known.at + trustMs;
			return trusted && now < known.claims.expiresAt + toleranceMs ? known.claims : verifyNow(token);
		},
	};
}

/** Signature, algorithm, issuer, audience, `exp` and `nbf`. */
function createCheck(
	settings: TokenSettings,
	options: TokenVerifierOptions,
): (token: string) => Promise<JWTPayload> {
	const checks = {
		clockTolerance: settings.clockToleranceSeconds,
		...(settings.issuer !== undefined && { issuer: settings.issuer }),
		...(settings.audience !== undefined && { audience: settings.audience }),
	};
	if (settings.kind === 'secret') {
		const key = new TextEncoder().encode(settings.secret);
		const rules = { ...checks, algorithms: ['HS256'] };
		return async (token) => (await jwtVerify(token, key, rules)).payload;
	}
	const keySet = createRemoteJWKSet(settings.url, {
		cooldownDuration: options.keySetCooldownMs ?? KEY_SET_COOLDOWN_MS,
		cacheMaxAge: options.keySetMaxAgeMs ?? KEY_SET_MAX_AGE_MS,
		timeoutDuration: options.keySetTimeoutMs ?? KEY_SET_TIMEOUT_MS,
	});
	const renew = createRenewal(keySet, options);
	const rules = { ...checks, algorithms: ['RS256', 'ES256', 'EdDSA'] };
	return async (token) => {
		renew();
		return (await jwtVerify(token, keySet, rules)).payload;
	};
}

/**
 * Asks for a newer key set now and then, without letting a request wait for it: a withdrawn key is noticed soon,
 * and an endpoint that is away for some minutes shuts nobody out.
 */
function createRenewal(keySet: RemoteJWKSet, { trustMs = TRUST_MS, onKeySetError }: TokenVerifierOptions) {
	let askedAt = 0;
	return () => {
		const now = Date.now();
		const due = now < askedAt || now >= askedAt + trustMs;
		if (!due) return;
		askedAt = now;
		// Without a usable set the verification itself fetches one, and says what went wrong.
		if (keySet.fresh) keySet.reload().catch((error: unknown) => onKeySetError?.(error));
	};
}

function readClaims(payload: JWTPayload): Claims {
	const { sub, exp } = payload;
	const problem = findSubjectProblem(sub);
	if (sub === undefined || problem !== undefined) throw new Error(`The claim sub ${problem}.`);
	const role = ROLES.get(payload['role']);
	if (role === undefined) throw new Error('The claim role must be customer, agent or admin.');
	const name = typeof payload['name'] === 'string' ? cleanName(payload['name']) : '';
	return {
		subject: sub,
		name: name === '' ? cleanName(sub) : name,
		role,
		expiresAt: exp === undefined ? Number.POSITIVE_INFINITY : exp * 1000,
	};
}

/**
 * Why a text cannot be the subject of a token, if so. Blanks at the ends are refused because databases differ in
 * whether they compare them: 'alice ' must not become 'alice'.
 */
export function findSubjectProblem(subject: unknown): string | undefined {
	if (typeof subject !== 'string' || subject === '') return 'must be a text that is not empty';
	if (subject.length > SUBJECT_MAX_CHARACTERS)
		return `must have at most ${SUBJECT_MAX_CHARACTERS} characters`;
	if (/\p{Cc}/u.test(subject)) return 'must not contain control characters';
	if (!subject.isWellFormed()) return 'must be well-formed Unicode';
	if (subject !== subject.trim()) return 'must not begin or end with a blank';
	return undefined;
}

/** Well-formed, on one line, without control characters and of a length that can be shown and stored. */
function cleanName(text: string): string {
	const clean = text
		.toWellFormed()
		.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '')
		.trim();
	const cut = clean.slice(0, NAME_MAX_CHARACTERS);
	// The cut may have gone through a surrogate pair.
	return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
