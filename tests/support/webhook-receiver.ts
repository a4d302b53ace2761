import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** What a customer's system got. */
export interface Received {
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	/** The `webhook-id`. */
	readonly id: string;
	readonly body: string;
}

/** A payload as docs/webhooks.md describes it, as far as tests look. */
export interface Told {
	readonly type: string;
	readonly timestamp: string;
	readonly data: {
		readonly conversationId: string;
		readonly sequence: number;
		readonly actor: { readonly id: string; readonly subject: string } | null;
		readonly message?: Readonly<Record<string, unknown>>;
		readonly member?: { readonly user: { readonly subject: string }; readonly leftAt: string | null };
		readonly conversation?: Readonly<Record<string, unknown>>;
	};
}

/** `reset` ends the connection without an answer, `silence` leaves it open. */
export type Reply =
	| number
	| { readonly status: number; readonly headers: Readonly<Record<string, string>> }
	| 'reset'
	| 'silence';

/** A customer's system, on a port of its own. */
export class WebhookReceiver {
	/** What is answered; by default receipt. */
	reply: (received: Received) => Reply | Promise<Reply> = () => 204;
	/** All that came, in order. */
	readonly received: Received[] = [];
	readonly #server: Server;
	readonly #waiting: ((received: Received) => void)[] = [];
	#taken = 0;

	private constructor(server: Server) {
		this.#server = server;
	}

	/** On a free port, or on this one. */
	static async start(port = 0): Promise<WebhookReceiver> {
		const server = createServer();
		const receiver = new WebhookReceiver(server);
		server.on('request', (request, response) => {
			void readBody(request).then(async (body) => {
				const { url: path = '', headers } = request;
				const received = { path, headers, id: String(headers['webhook-id']), body };
				receiver.#take(received);
				const reply = await receiver.reply(received);
				if (reply === 'reset') request.socket.resetAndDestroy();
				else if (typeof reply === 'number') response.writeHead(reply).end();
				else if (reply !== 'silence') response.writeHead(reply.status, { ...reply.headers }).end();
			});
		});
		server.listen(port, '127.0.0.1');
		await once(server, 'listening');
		return receiver;
	}

	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	get url(): string {
		return `http://127.0.0.1:${this.port}/hook`;
	}

	/** The next that was not taken yet. */
	next(): Promise<Received> {
		const received = this.received[this.#taken];
		this.#taken++;
		return received === undefined
			? new Promise((resolve) => this.#waiting.push(resolve))
			: Promise.resolve(received);
	}

	async take(count: number): Promise<readonly Received[]> {
		const taken: Received[] = [];
		while (taken.length < count) taken.push(await this.next());
		return taken;
	}

	async stop(): Promise<void> {
		this.#server.closeAllConnections();
		this.#server.close();
		await once(this.#server, 'close');
	}

	#take(received: Received): void {
		this.received.push(received);
		this.#waiting.shift()?.(received);
	}
}

async function readBody(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
}

/** Its payload, checked with the secret as a receiver does. @throws for a signature that is not right. */
export function verified(received: Received, secret: string): Told {
	const headers = Object.fromEntries(
		Object.entries(received.headers).map(([name, value]) => [name, String(value)]),
	);
	return new Webhook(secret).verify(received.body, headers) as Told;
}

export function told({ body }: Received): Told {
	return JSON.parse(body) as Told;
}
