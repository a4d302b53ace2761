import { SignJWT } from 'jose';
import type { TokenSettings } from './tokens.ts';
import type { Role } from './viewer.ts';

export interface TokenRequest {
	readonly subject: string;
	readonly name?: string | undefined;
	readonly role: Role;
	/** From now. Left out: the token never expires. */
	readonly expiresInSeconds?: number | undefined;
	readonly issuer?: string | undefined;
	readonly audience?: string | undefined;
}

/** A token (JWT, HS256) that a service with the same `JWT_SECRET`, issuer and audience takes. */
export async function signToken(secret: string, request: TokenRequest): Promise<string> {
	const { subject, name, role, expiresInSeconds, issuer, audience } = request;
	const now = Math.floor(Date.now() / 1000);
	const token = new SignJWT({ role: role.toLowerCase(), ...(name !== undefined && { name }) })
		.setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
		.setSubject(subject)
		.setIssuedAt(now);
	if (expiresInSeconds !== undefined) token.setExpirationTime(now + expiresInSeconds);
	if (issuer !== undefined) token.setIssuer(issuer);
	if (audience !== undefined) token.setAudience(audience);
	return token.sign(new TextEncoder().encode(secret));
}

export type TokenSigner = (request: Omit<TokenRequest, 'issuer' | 'audience'>) => Promise<string>;

/** Signs tokens that a service with these settings takes; undefined where others publish the keys. */
export function createTokenSigner(settings: TokenSettings): TokenSigner | undefined {
	if (settings.kind === 'jwks') return undefined;
	const { secret, issuer, audience } = settings;
	return (request) => signToken(secret, { ...request, issuer, audience });
}
