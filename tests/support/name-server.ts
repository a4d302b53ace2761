import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import ipaddr from 'ipaddr.js';

export interface NameServer {
	/** For `Resolver.setServers`. */
	readonly address: string;
	close(): Promise<void>;
}

const TYPES: Readonly<Record<number, 4 | 6>> = { 1: 4, 28: 6 };

/** Answers for `names` with their addresses (RFC 1035, 4), to others that there is no such name; to `silent` never. */
export async function startNameServer(
	names: Readonly<Record<string, readonly string[]>>,
	silent?: string,
): Promise<NameServer> {
	const socket = createSocket('udp4');
	socket.on('message', (query, { port, address }) => {
		const { name, end } = readName(query);
		if (name === silent) return;
		const family = TYPES[query.readUInt16BE(end)];
		const addresses = (names[name] ?? [])
			.map((text) => Buffer.from(ipaddr.parse(text).toByteArray()))
			.filter((bytes) => bytes.length === (family === 4 ? 4 : 16));
		const header = Buffer.from(query.subarray(0, 12));
		header.writeUInt16BE(names[name] === undefined ? 0x8183 : 0x8180, 2);
		header.writeUInt16BE(addresses.length, 6);
		header.writeUInt32BE(0, 8);
		const records = addresses.map((bytes) =>
			// The name of the question, class IN, kept for no time.
			Buffer.concat([
				Buffer.from([0xc0, 12, 0, family === 4 ? 1 : 28, 0, 1, 0, 0, 0, 0, 0, bytes.length]),
				bytes,
			]),
		);
		socket.send(Buffer.concat([header, query.subarray(12, end + 4), ...records]), port, address);
	});
	socket.bind(0, '127.0.0.1');
	await once(socket, 'listening');
	return {
		address: `127.0.0.1:${socket.address().port}`,
		close: () => new Promise((resolve) => socket.close(() => resolve())),
	};
}

/** Of the one question. */
function readName(query: Buffer): { name: string; end: number } {
	const labels: string[] = [];
	let at = 12;
	for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
		labels.push(query.toString('latin1', at + 1, at + 1 + length).toLowerCase());
		at += length + 1;
	}
	return { name: labels.join('.'), end: at + 1 };
}
