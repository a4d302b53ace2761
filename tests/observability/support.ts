import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** A node:http server with one handler on a port of its own; a handler that rejects answers 500. */
export async function serve(handler: Handler) {
	const server = createServer((req, res) => {
		handler(req, res).catch((error: unknown) => {
			if (res.headersSent) res.destroy();
			else res.writeHead(500).end(String(error));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		port,
		url: `http://127.0.0.1:${port}`,
		server,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** A request with exactly the headers given (fetch forbids some), answered with status and body. */
export function get(url: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
	return new Promise((resolve, reject) => {
		const req = request(url, { headers, agent: false }, (res) => {
			let body = '';
			res.setEncoding('utf8');
			res.on('data', (chunk: string) => {
				body += chunk;
			});
			res.on('end', () => resolve({ status: res.statusCode ?? 0, body }));
		});
		req.on('error', reject).end();
	});
}

/** Reads a response's body until it holds `text`, and gives back all that has come since the last call. */
export function bodyReader(response: Response) {
	const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
	let pending = '';
	return {
		async until(text: string): Promise<string> {
			while (!pending.includes(text)) {
				const { done, value } = await reader.read();
				if (done) throw new Error(`The stream ended before ${JSON.stringify(text)}: ${pending}`);
				pending += value;
			}
			const end = pending.indexOf(text) + text.length;
			const read = pending.slice(0, end);
			pending = pending.slice(end);
			return read;
		},
		/** Resolves when the stream ends. */
		async rest(): Promise<string> {
			for (let next = await reader.read(); !next.done; next = await reader.read()) pending += next.value;
			return pending;
		},
		cancel: () => reader.cancel(),
	};
}
