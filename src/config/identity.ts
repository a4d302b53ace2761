import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { TokenSettings } from '../identity/tokens.ts';
import type { DatabaseConfig } from './database.ts';
import { integer, isLoopback, type Refusal, refuse, setting } from './values.ts';

type TokenChecks = Pick<TokenSettings, 'issuer' | 'audience' | 'clockToleranceSeconds'>;

/** `development`: the service signs with a secret of its own, kept in `secretFile`. */
export type IdentityConfig =
	| TokenSettings
	| (TokenChecks & { readonly kind: 'development'; readonly secretFile: string });

/** RFC 7518, 3.2: a key for HS256 has at least 256 bits. */
const SECRET_MIN_BYTES = 32;

function readSecret(text: string): string | Refusal {
	const length = Buffer.byteLength(text);
	if (length >= SECRET_MIN_BYTES) return text;
	return refuse(`must have at least ${SECRET_MIN_BYTES} bytes, and has ${length}`);
}

/** Keys fetched over a line that others can write to would let them sign tokens. */
function readKeySetUrl(text: string): URL | Refusal {
	const url = URL.parse(text.trim());
	if (
		url === null ||
		(url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
	) {
		return refuse('must be an https URL (http is taken on loopback only)');
	}
	if (url.username !== '' || url.password !== '') return refuse('must not hold a user name or a password');
	return url;
}

function readName(text: string): string | Refusal {
	return text.trim() === '' ? refuse('must not be blank') : text;
}

export const identityModel = z.object({
	JWT_SECRET: setting(readSecret).optional(),
	JWKS_URL: setting(readKeySetUrl).optional(),
	JWT_ISSUER: setting(readName).optional(),
	JWT_AUDIENCE: setting(readName).optional(),
	JWT_CLOCK_TOLERANCE_SECONDS: integer(5, { min: 0, max: 300, unit: 'seconds' }),
});

/** What no single variable can tell: exactly one source of keys, and in production not one of the service's own. */
export function findIdentityFault(
	given: Readonly<Record<string, string>>,
	production: boolean,
): { readonly name: string; readonly problem: string } | undefined {
	const secret = given['JWT_SECRET'] !== undefined;
	const keySet = given['JWKS_URL'] !== undefined;
	if (secret && keySet) return { name: 'JWKS_URL', problem: 'is set beside JWT_SECRET: set one of the two' };
	if (production && !secret && !keySet) {
		return { name: 'JWT_SECRET', problem: 'is missing: in production set it, or JWKS_URL' };
	}
	return undefined;
}

/**
 * Where the keys come from: JWT_SECRET, else JWKS_URL, else a secret of the service's own, kept beside the database.
 * `findIdentityFault` has said what may not be.
 */
export function identityConfig(
	values: z.output<typeof identityModel>,
	database: DatabaseConfig,
): IdentityConfig {
	const checks: TokenChecks = {
		issuer: values.JWT_ISSUER,
		audience: values.JWT_AUDIENCE,
		clockToleranceSeconds: values.JWT_CLOCK_TOLERANCE_SECONDS,
	};
	if (values.JWT_SECRET !== undefined) return { kind: 'secret', secret: values.JWT_SECRET, ...checks };
	if (values.JWKS_URL !== undefined) return { kind: 'jwks', url: values.JWKS_URL, ...checks };
	const directory = database.kind === 'sqlite' ? dirname(database.file) : 'data';
	return { kind: 'development', secretFile: join(directory, 'jwt-secret'), ...checks };
}
