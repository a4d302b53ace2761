import { GraphQLError } from 'graphql';
import { jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';

export interface Claims {
	readonly subject: string;
	readonly name: string;
	readonly role: string;
	readonly expiresAt: number;
}

/** Verifies `Bearer <JWT>` (HS256), remembering tokens that passed until they run out. Throws UNAUTHENTICATED. */
export type Authenticate = (authorization: string | undefined) => Claims | Promise<Claims>;

export function createAuthenticate(secret: string): Authenticate {
	const key = new TextEncoder().encode(secret);
	const verified = new LRUCache<string, Claims>({ max: 10_000, ttl: 60_000 });
	const verify = async (token: string): Promise<Claims> => {
		const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], clockTolerance: 5 }).catch(
			() => {
				throw unauthenticated();
			},
		);
		const { sub, exp } = payload;
		if (!sub) throw unauthenticated();
		const claims = {
			subject: sub,
			name: String(payload['name'] ?? sub),
			role: String(payload['role'] ?? 'customer').toUpperCase(),
			expiresAt: exp === undefined ? Number.POSITIVE_INFINITY : exp * 1000,
		};
		verified.set(token, claims);
		return claims;
	};
	return (authorization) => {
		const token = /^bearer (.+)$/i.exec(authorization ?? '')?.[1];
		if (!token) throw unauthenticated();
		const known = verified.get(token);
		return known && known.expiresAt > Date.now() ? known : verify(token);
	};
}

function unauthenticated(): GraphQLError {
	return new GraphQLError('A valid token is needed.', {
		extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
	});
}
