import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/**
 * As much of a SQL Server as its driver's life needs: it takes logins and requests over TDS, without encryption, knows
 * transactions and no SQL, and answers as the test says.
 */
export interface TdsServer {
	readonly port: number;
	/** Everything that was asked, in its order. */
	readonly requests: readonly TdsRequest[];
	/** How many connections have been made. */
	readonly connections: number;
	/** Cuts the connections that are open. */
	cut(): void;
	/** Takes connections, reads nothing and answers nothing, until it is thawed. */
	freeze(): void;
	thaw(): void;
	close(): Promise<void>;
}

export interface TdsRequest {
	readonly kind: 'login' | 'batch' | 'statement' | 'begin' | 'commit' | 'rollback' | 'save' | 'attention';
	/**
	 * What can be read of it: of a statement its text, the declarations and the texts among its values; of a beginning
	 * the number of its isolation level.
	 */
	readonly text: string;
}

export interface TdsError {
	readonly number: number;
	readonly message: string;
	/** The severity. */
	readonly class?: number;
}

/** A column of the one row of an answer. */
export interface TdsColumn {
	readonly name: string;
	readonly type: keyof typeof COLUMN_TYPES;
	/** As it is on the wire. */
	readonly bytes: readonly number[];
}

/** `silence`: no answer; `stall`: the beginning of one; `hang up`: the end of the connection. */
export type TdsAnswer =
	| 'done'
	| 'silence'
	| 'stall'
	| 'hang up'
	| { readonly row: readonly TdsColumn[] }
	| { readonly errors: readonly TdsError[] };

export async function startTdsServer(answer: (request: TdsRequest) => TdsAnswer): Promise<TdsServer> {
	const requests: TdsRequest[] = [];
	const sockets = new Set<Socket>();
	let connections = 0;
	let isFrozen = false;
	const server = createServer((socket) => {
		connections += 1;
		sockets.add(socket);
		if (isFrozen) socket.pause();
		socket.on('error', () => undefined);
		socket.on('close', () => sockets.delete(socket));
		readMessages(socket, (type, payload) => {
			if (type === PRELOGIN) return void socket.write(packet(NO_ENCRYPTION));
			const request = requestOf(type, payload);
			requests.push(request);
			respond(socket, request, answer(request));
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const cut = () => {
		for (const socket of sockets) socket.destroy();
	};
	return {
		port: (server.address() as AddressInfo).port,
		requests,
		get connections() {
			return connections;
		},
		cut,
		freeze: () => {
			isFrozen = true;
			for (const socket of sockets) socket.pause();
		},
		thaw: () => {
			isFrozen = false;
			for (const socket of sockets) socket.resume();
		},
		close: async () => {
			cut();
			server.close();
			await once(server, 'close');
		},
	};
}

/* Packets: type, status (1 ends the message), length, then five bytes that nobody reads here. */

const HEADER = 8;
const RESPONSE = 4;
const PRELOGIN = 0x12;
const MANAGE_TRANSACTION = 0x0e;

function readMessages(socket: Socket, onMessage: (type: number, payload: Buffer) => void): void {
	let buffered = Buffer.alloc(0);
	let message = Buffer.alloc(0);
	socket.on('data', (chunk) => {
		buffered = Buffer.concat([buffered, chunk]);
		while (buffered.length >= HEADER && buffered.length >= buffered.readUInt16BE(2)) {
			const packet = buffered.subarray(0, buffered.readUInt16BE(2));
			buffered = buffered.subarray(packet.length);
			message = Buffer.concat([message, packet.subarray(HEADER)]);
			if ((packet.readUInt8(1) & 1) === 0) continue;
			onMessage(packet.readUInt8(0), message);
			message = Buffer.alloc(0);
		}
	});
}

function packet(payload: Buffer, isLast = true): Buffer {
	const header = Buffer.from([RESPONSE, isLast ? 1 : 0, 0, 0, 0, 0, 1, 0]);
	header.writeUInt16BE(HEADER + payload.length, 2);
	return Buffer.concat([header, payload]);
}

const KINDS: Readonly<Record<number, TdsRequest['kind']>> = {
	1: 'batch',
	3: 'statement',
	6: 'attention',
	16: 'login',
};
const TRANSACTION_KINDS: Readonly<Record<number, TdsRequest['kind']>> = {
	5: 'begin',
	7: 'commit',
	8: 'rollback',
	9: 'save',
};

function requestOf(type: number, payload: Buffer): TdsRequest {
	// All headers come first, and say how long they are.
	const headers = type === MANAGE_TRANSACTION ? payload.readUInt32LE(0) : 0;
	const kind = type === MANAGE_TRANSACTION ? TRANSACTION_KINDS[payload.readUInt16LE(headers)] : KINDS[type];
	if (kind === undefined) throw new Error(`A message of type ${type} is not known here.`);
	if (kind === 'begin') return { kind, text: String(payload.readUInt8(headers + 2)) };
	return { kind, text: payload.toString('latin1').replaceAll('\0', '') };
}

function respond(socket: Socket, request: TdsRequest, answer: TdsAnswer): void {
	if (answer === 'silence') return;
	if (answer === 'hang up') return void socket.destroy();
	if (answer === 'stall') return void socket.write(packet(error({ number: 1, message: 'unheard' }), false));
	socket.write(packet(Buffer.concat(tokensOf(request.kind, answer))));
}

function tokensOf(kind: TdsRequest['kind'], answer: Exclude<TdsAnswer, string> | 'done'): readonly Buffer[] {
	if (answer === 'done') return [success(kind), done(kind, false)];
	if ('row' in answer) return [...rowOf(answer.row), done(kind, false)];
	return [...answer.errors.map((fault) => error(fault)), done(kind, true)];
}

/* Tokens of an answer. */

/** Version 16, and that encryption is not supported. */
const NO_ENCRYPTION = Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, 2]);

function success(kind: TdsRequest['kind']): Buffer {
	switch (kind) {
		case 'login':
			return sized(0xad, Buffer.from([1, 0x74, 0, 0, 4, 0, 16, 0, 0, 0]));
		case 'begin':
			return sized(0xe3, Buffer.from([8, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0]));
		case 'commit':
			return sized(0xe3, Buffer.from([9, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]));
		case 'rollback':
			return sized(0xe3, Buffer.from([10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]));
		default:
			return Buffer.alloc(0);
	}
}

function done(kind: TdsRequest['kind'], failed: boolean): Buffer {
	const token = Buffer.alloc(13);
	token.writeUInt8(0xfd, 0);
	token.writeUInt16LE((failed ? 2 : 0) | (kind === 'attention' ? 0x20 : 0), 1);
	return token;
}

function error({ number, message, class: severity = 16 }: TdsError): Buffer {
	const head = Buffer.alloc(8);
	head.writeInt32LE(number, 0);
	head.writeUInt8(1, 4);
	head.writeUInt8(severity, 5);
	head.writeUInt16LE(message.length, 6);
	// No server, no procedure, line 0.
	return sized(0xaa, Buffer.concat([head, Buffer.from(message, 'utf16le'), Buffer.alloc(6)]));
}

const COLUMN_TYPES = { bit: 0x68, uniqueidentifier: 0x24 } as const;

function rowOf(columns: readonly TdsColumn[]): readonly Buffer[] {
	const metadata = columns.map(({ name, type, bytes }) =>
		// User type, flags (nullable), type, length, name.
		Buffer.from([
			...[0, 0, 0, 0, 1, 0, COLUMN_TYPES[type], bytes.length],
			...[name.length, ...Buffer.from(name, 'utf16le')],
		]),
	);
	const values = columns.map(({ bytes }) => Buffer.from([bytes.length, ...bytes]));
	return [
		Buffer.concat([Buffer.from([0x81, columns.length, 0]), ...metadata]),
		Buffer.concat([Buffer.from([0xd1]), ...values]),
	];
}

function sized(token: number, content: Buffer): Buffer {
	const head = Buffer.alloc(3);
	head.writeUInt8(token, 0);
	head.writeUInt16LE(content.length, 1);
	return Buffer.concat([head, content]);
}
