import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** Answers a line that the other side sent; undefined says nothing. */
export type Play = (line: string, socket: Socket) => string | undefined;

export interface MailPlay {
	readonly url: URL;
	/** Resolves with the next connection. */
	connection(): Promise<Socket>;
	stop(): Promise<void>;
}

/** A mail server in name, which says to each line what `play` has it say, no TLS, and first of all `greeting`. */
export async function startPlay(play: Play, greeting = '220 play'): Promise<MailPlay> {
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => {}));
		let rest = '';
		if (greeting !== '') socket.write(`${greeting}\r\n`);
		socket.setEncoding('utf8').on('data', (chunk: string) => {
			const lines = `${rest}${chunk}`.split('\r\n');
			rest = lines.pop() ?? '';
			for (const line of lines) {
				const answer = play(line, socket);
				if (answer !== undefined) socket.write(`${answer}\r\n`);
			}
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		url: new URL(`smtp://127.0.0.1:${port}`),
		connection: async () => (await once(server, 'connection'))[0],
		stop: async () => {
			const closed = once(server, 'close');
			server.close();
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}

/** Takes all commands, on as many connections as come, and says after each mail what `last` has it say. */
export function taking(last: (mail: readonly string[], socket: Socket) => string | undefined): Play {
	const mails = new WeakMap<Socket, string[]>();
	return (line, socket) => {
		const mail = mails.get(socket);
		if (mail === undefined) {
			if (line !== 'DATA') return '250 ok';
			mails.set(socket, []);
			return '354 go on';
		}
		if (line !== '.') {
			mail.push(line);
			return undefined;
		}
		mails.delete(socket);
		return last(mail, socket);
	};
}
