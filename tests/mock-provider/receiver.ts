import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook as it came. */
export interface Received {
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

export interface Receiver {
	readonly url: string;
	readonly received: readonly Received[];
	/** The n-th webhook, once there is one. */
	nth(n: number): Promise<Received>;
	close(): Promise<void>;
}

/** Stands for the service: answers the n-th webhook, from 1, with the status that `answer(n)` gives. */
export async function startReceiver(answer: (n: number) => number = () => 202): Promise<Receiver> {
	const received: Received[] = [];
	const waiting: (() => void)[] = [];
	const server = createServer(async (request, response) => {
		const body = Buffer.concat(await request.toArray()).toString();
		const headers = Object.fromEntries(
			Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
		);
		received.push({ path: request.url ?? '', headers, body });
		response.writeHead(answer(received.length)).end();
		for (const wake of waiting.splice(0)) wake();
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		received,
		nth: async (n) => {
			for (;;) {
				const found = received[n - 1];
				if (found !== undefined) return found;
				await new Promise<void>((wake) => waiting.push(wake));
			}
		},
		close: async () => {
			const closed = once(server.close(), 'close');
			server.closeAllConnections();
			await closed;
		},
	};
}
