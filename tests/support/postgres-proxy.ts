import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Where the next COMMIT is lost. */
export type LostCommit =
	/** On its way there; the connection is cut. */
	| 'undelivered'
	/** Its answer, on the way back; the connection is cut. */
	| 'unanswered'
	/** Its answer, and everything after it, without a word. */
	| 'forgotten';

export interface PostgresProxy {
	readonly port: number;
	/** Answers when a COMMIT was lost. */
	loseCommit(how: LostCommit): Promise<void>;
	/** From now on passes nothing on over the connections that are open, and does not close them either. */
	forget(): void;
	close(): Promise<void>;
}

/** A proxy in front of PostgreSQL that loses what a network loses. Without TLS. */
export async function startPostgresProxy(targetPort: number): Promise<PostgresProxy> {
	const open = new Set<Socket>();
	let forgottenBefore = 0;
	let connections = 0;
	let losing: { readonly how: LostCommit; readonly lost: () => void } | undefined;

	const server = createServer((client) => {
		const number = connections++;
		const target = connect(targetPort, '127.0.0.1');
		let swallows = false;
		for (const socket of [client, target]) {
			open.add(socket);
			socket.on('error', () => undefined);
			socket.on('close', () => open.delete(socket));
		}
		const cut = () => {
			client.destroy();
			target.destroy();
		};
		client.on('close', cut);
		target.on('close', cut);
		client.on('data', (chunk) => {
			if (number < forgottenBefore) return;
			if (losing === undefined || !isCommit(chunk)) {
				target.write(chunk);
				return;
			}
			const { how, lost } = losing;
			losing = undefined;
			if (how === 'undelivered') {
				cut();
				lost();
				return;
			}
			swallows = true;
			target.once('data', () => {
				if (how === 'unanswered') cut();
				lost();
			});
			target.write(chunk);
		});
		target.on('data', (chunk) => {
			if (!swallows && number >= forgottenBefore) client.write(chunk);
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');

	return {
		port: (server.address() as AddressInfo).port,
		loseCommit: (how) =>
			new Promise((lost) => {
				losing = { how, lost };
			}),
		forget: () => {
			forgottenBefore = connections;
		},
		close: async () => {
			const closed = once(server, 'close');
			server.close();
			for (const socket of open) socket.destroy();
			await closed;
		},
	};
}

/** A simple query: clients that wait for each answer send it alone. */
function isCommit(chunk: Buffer): boolean {
	return chunk.toString('latin1').startsWith('Q\0\0\0') && /^commit\0$/i.test(chunk.toString('latin1', 5));
}
