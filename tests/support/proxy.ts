import { EventEmitter, on, once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
	readonly port: number;
	/** Connections taken so far, and those of them that are open. */
	readonly taken: number;
	readonly open: number;
	/** Waits until this holds; the test's time limit is its end. */
	until(holds: (proxy: TcpProxy) => boolean): Promise<void>;
	/** Breaks every connection, as a network does: without a word. New ones are taken. */
	cut(): void;
	/** Passes nothing on any more, neither in open connections nor in new ones, which look as if all were well. */
	freeze(): void;
	/** New connections are as they were; frozen ones stay so. */
	thaw(): void;
	close(): Promise<void>;
}

/** A TCP proxy to a port of 127.0.0.1, on a port of its own at this address. */
export async function startProxy(targetPort: number, host = '127.0.0.1'): Promise<TcpProxy> {
	const clients = new Set<Socket>();
	const targets = new Set<Socket>();
	const changes = new EventEmitter();
	let taken = 0;
	let isFrozen = false;
	const server = createServer((client) => {
		const target = connect(targetPort, '127.0.0.1');
		for (const [socket, group, other] of [
			[client, clients, target],
			[target, targets, client],
		] as const) {
			group.add(socket);
			socket.on('error', () => undefined);
			socket.on('close', () => {
				group.delete(socket);
				other.destroy();
				changes.emit('change');
			});
		}
		taken++;
		changes.emit('change');
		if (!isFrozen) client.pipe(target).pipe(client);
	}).listen(0, host);
	await once(server, 'listening');
	const all = () => [...clients, ...targets];
	const proxy: TcpProxy = {
		port: (server.address() as AddressInfo).port,
		get taken() {
			return taken;
		},
		get open() {
			return clients.size;
		},
		until: async (holds) => {
			const changed = on(changes, 'change');
			while (!holds(proxy)) await changed.next();
			await changed.return?.();
		},
		cut: () => {
			for (const socket of all()) socket.destroy();
		},
		freeze: () => {
			isFrozen = true;
			for (const socket of all()) socket.unpipe().pause();
		},
		thaw: () => {
			isFrozen = false;
		},
		close: async () => {
			const closed = once(server, 'close');
			server.close();
			proxy.cut();
			await closed;
		},
	};
	return proxy;
}
