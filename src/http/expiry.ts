/** setTimeout takes 31 bits of milliseconds. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Calls `then` once a token has run out: at once where it has, never where it does not.
 * `expiresAt` is in milliseconds since the epoch, or Infinity. The answer calls it off.
 */
export function atExpiry(expiresAt: number, then: () => void): () => void {
	let timer: NodeJS.Timeout | undefined;
	const wait = () => {
		const left = expiresAt - Date.now();
		if (left === Number.POSITIVE_INFINITY) return;
		timer = setTimeout(
			() => (Date.now() < expiresAt ? wait() : then()),
			Math.min(Math.max(left, 0), MAX_TIMEOUT_MS),
		).unref();
	};
	wait();
	return () => clearTimeout(timer);
}
