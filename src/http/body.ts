import type { IncomingMessage } from 'node:http';

/** The body is larger than the service takes. */
export class BodyTooLarge extends Error {}

/** The client went away before it had sent everything: there is nobody to answer. */
export class ClientGone extends Error {}

/**
 * Reads a body of at most `maxBytes`.
 * @throws BodyTooLarge as soon as that is clear, ClientGone.
 */
export function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
	if (Number(req.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(new BodyTooLarge());
	return new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		let size = 0;
		req.on('data', (chunk: Buffer) => {
			size += chunk.length;
			if (size > maxBytes) {
				req.removeAllListeners('data');
				reject(new BodyTooLarge());
			} else chunks.push(chunk);
		});
		req.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
		req.on('error', () => reject(new ClientGone()));
		req.on('close', () => {
			if (!req.complete) reject(new ClientGone());
		});
	});
}
