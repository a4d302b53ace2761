import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
	readonly port: number;
	/** Breaks every connection, as a network does: without a word. New ones are taken. */
	cut(): void;
	close(): Promise<void>;
}

/** A TCP proxy on a port of its own. */
export async function startProxy(targetPort: number): Promise<TcpProxy> {
	const open = new Set<Socket>();
	const server = createServer((socket) => {
		const target = connect(targetPort, '127.0.0.1');
		for (const [one, other] of [
			[socket, target],
			[target, socket],
		] as const) {
			open.add(one);
			one.on('error', () => undefined);
			one.on('close', () => {
				open.delete(one);
				other.destroy();
			});
		}
		socket.pipe(target).pipe(socket);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const cut = () => {
		for (const socket of open) socket.destroy();
	};
	return {
		port: (server.address() as AddressInfo).port,
		cut,
		close: async () => {
			const closed = once(server, 'close');
			server.close();
			cut();
			await closed;
		},
	};
}
