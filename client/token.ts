/** When a JWT runs out, in milliseconds since the epoch; NaN where it does not say. Nothing is verified. */
export function expiryOf(token: string): number {
	try {
		const [, claims = ''] = token.split('.');
		return JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/'))).exp * 1_000;
	} catch {
		return Number.NaN;
	}
}
