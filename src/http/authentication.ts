import type { IncomingMessage } from 'node:http';
import type { UserStore } from '../conversations/store.ts';
import { bearerToken, bearerTokenOfParams } from '../identity/bearer.ts';
import { type Claims, type TokenVerifier, UnauthenticatedError } from '../identity/tokens.ts';
import type { Viewer } from '../identity/viewer.ts';

/** Tells who asks. Users come into being by asking. */
export class Authentication {
	readonly #tokens: TokenVerifier;
	readonly #users: UserStore;

	constructor(tokens: TokenVerifier, users: UserStore) {
		this.#tokens = tokens;
		this.#users = users;
	}

	/** By the Authorization header. Rejects with an UnauthenticatedError. */
	ofRequest(req: IncomingMessage): Promise<Viewer> {
		return this.#ofToken(bearerToken(req.headers.authorization));
	}

	/** By the connection parameters of a WebSocket: {"authorization": "Bearer …"}. Rejects with an UnauthenticatedError. */
	ofConnection(params: unknown): Promise<Viewer> {
		return this.#ofToken(bearerTokenOfParams(params));
	}

	async #ofToken(token: string | undefined): Promise<Viewer> {
		if (token === undefined) throw new UnauthenticatedError();
		const verified = this.#tokens.verify(token);
		const claims: Claims = verified instanceof Promise ? await verified : verified;
		const ensured = this.#users.ensure(claims);
		const user = ensured instanceof Promise ? await ensured : ensured;
		return { user, expiresAt: claims.expiresAt };
	}
}
