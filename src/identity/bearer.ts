/** The token of an `authorization` value (RFC 6750, 2.1; the scheme in any case), if it holds one. */
export function bearerToken(authorization: unknown): string | undefined {
	if (typeof authorization !== 'string') return undefined;
	return /^bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1];
}

/** The token of a WebSocket's connection parameters: `{"authorization": "Bearer <JWT>"}`, the key in any case. */
export function bearerTokenOfParams(params: unknown): string | undefined {
	if (typeof params !== 'object' || params === null) return undefined;
	const entry = Object.entries(params).find(([key]) => key.toLowerCase() === 'authorization');
	return bearerToken(entry?.[1]);
}
