import { SignJWT } from 'jose';

/** The secret that every server of a run is started with. */
export const JWT_SECRET = 'a secret for benchmarks only, 32+ bytes';

/** Tokens (HS256, one day) of `count` users: follower-0, follower-1, … for the prefix "follower". */
export function signTokens(
	prefix: string,
	count: number,
	role: 'customer' | 'agent' = 'customer',
): Promise<string[]> {
	const key = new TextEncoder().encode(JWT_SECRET);
	const sign = (subject: string) =>
		new SignJWT({ name: subject, role })
			.setProtectedHeader({ alg: 'HS256' })
			.setSubject(subject)
			.setIssuedAt()
			.setExpirationTime('1d')
			.sign(key);
	return Promise.all(Array.from({ length: count }, (_, index) => sign(`${prefix}-${index}`)));
}
