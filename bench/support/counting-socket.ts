import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** From here on a text message is an event; protocols' own messages are shorter. */
const EVENT_MIN_BYTES = 400;
/** Clients mask what they send (RFC 6455, 5.3); by a mask of zeros it stays as it is. */
const MASK = Buffer.alloc(4);
const [TEXT, CLOSE, PING, PONG] = [0x1, 0x8, 0x9, 0xa];
const OPENING_TIMEOUT_MS = 30_000;

/** Read into by all sockets: each reads to its end before the next one does. */
const chunk = Buffer.allocUnsafe(65_536);

export interface CountingSocketOptions {
	readonly url: string;
	/** Sec-WebSocket-Protocol; undefined where there is none. */
	readonly protocol: string | undefined;
	/** An event has arrived. Its text is given only where `decodes`. */
	readonly onEvent: (text: string | undefined) => void;
	/** Reads the text of every event: that costs more than all else, so only some do. */
	readonly decodes: boolean;
	/** What is shorter than an event. */
	readonly onMessage: (text: string) => void;
	/** It is of no more use. */
	readonly onEnd: (reason: string) => void;
}

/**
 * A WebSocket straight on TCP that tells messages apart by the lengths in their heads and reads hardly any: the load has
 * to take in more than the fastest server can send.
 */
export class CountingSocket {
	readonly #options: CountingSocketOptions;
	readonly #socket: Socket;
	readonly #opened = Promise.withResolvers<void>();
	/** The answer to the upgrade, until it is whole. */
	#opening: string | undefined = '';
	/** The head of a frame that ended with a chunk. */
	#head: Buffer = Buffer.alloc(0);
	#opcode = 0;
	#length = 0;
	/** Of the present frame's payload, still to come. */
	#missing = 0;
	#parts: Buffer[] | undefined;

	private constructor(options: CountingSocketOptions) {
		this.#options = options;
		const { hostname, port } = new URL(options.url);
		const callback = (size: number) => {
			this.#read(chunk, size);
			return true;
		};
		this.#socket = connect({
			host: hostname,
			port: Number(port),
			noDelay: true,
			onread: { buffer: chunk, callback },
		});
		this.#socket.on('error', (error) => this.#end(String(error)));
		this.#socket.on('close', () => this.#end('the connection ended'));
		this.#socket.on('connect', () => this.#socket.write(upgradeOf(options)));
	}

	static async open(options: CountingSocketOptions): Promise<CountingSocket> {
		const socket = new CountingSocket(options);
		const timer = setTimeout(() => socket.#end('not opened in time'), OPENING_TIMEOUT_MS);
		await socket.#opened.promise.finally(() => clearTimeout(timer));
		return socket;
	}

	send(text: string): void {
		this.#write(TEXT, Buffer.from(text));
	}

	/** Settles when the connection has ended. */
	async close(): Promise<void> {
		if (this.#socket.closed) return;
		const closed = once(this.#socket, 'close');
		this.#write(CLOSE, Buffer.from([0x03, 0xe8]));
		const timer = setTimeout(() => this.#socket.destroy(), 5_000);
		await closed;
		clearTimeout(timer);
	}

	#end(reason: string): void {
		this.#opened.reject(new Error(reason));
		this.#options.onEnd(reason);
		this.#socket.destroy();
	}

	#write(opcode: number, payload: Buffer): void {
		const { length } = payload;
		const size = length < 126 ? Buffer.from([0x80 | length]) : Buffer.from([0xfe, length >> 8, length & 255]);
		this.#socket.write(Buffer.concat([Buffer.from([0x80 | opcode]), size, MASK, payload]));
	}

	#read(data: Buffer, size: number): void {
		let at = this.#opening === undefined ? 0 : this.#open(data, size);
		while (at < size) {
			if (this.#missing === 0) at = this.#readHead(data, at, size);
			else {
				const taken = Math.min(this.#missing, size - at);
				this.#parts?.push(Buffer.from(data.subarray(at, at + taken)));
				this.#missing -= taken;
				at += taken;
				if (this.#missing === 0) this.#finish();
			}
		}
	}

	/** Answers where the frames begin. */
	#open(data: Buffer, size: number): number {
		const before = this.#opening?.length ?? 0;
		const answer = `${this.#opening}${data.toString('latin1', 0, size)}`;
		const end = answer.indexOf('\r\n\r\n');
		if (end < 0) {
			this.#opening = answer;
			return size;
		}
		this.#opening = undefined;
		if (answer.startsWith('HTTP/1.1 101')) this.#opened.resolve();
		else this.#end(answer.slice(0, 200));
		return end + 4 - before;
	}

	/** Answers where the payload begins, or the end of the chunk where the head is not whole yet. */
	#readHead(data: Buffer, from: number, size: number): number {
		const kept = this.#head.length;
		const head =
			kept === 0 ? data : Buffer.concat([this.#head, data.subarray(from, Math.min(size, from + 10))]);
		const start = kept === 0 ? from : 0;
		const available = kept === 0 ? size - from : head.length;
		const short = available < 2 ? 0 : (head[start + 1] ?? 0) & 127;
		const headSize = available < 2 ? 2 : short < 126 ? 2 : short === 126 ? 4 : 10;
		if (available < headSize) {
			this.#head = Buffer.from(head.subarray(start, start + available));
			return size;
		}
		if (kept > 0) this.#head = Buffer.alloc(0);
		const first = head[start] ?? 0;
		if (first < 0x80) this.#end('a message came in pieces');
		this.#opcode = first & 15;
		this.#length =
			short < 126
				? short
				: short === 126
					? head.readUInt16BE(start + 2)
					: Number(head.readBigUInt64BE(start + 2));
		this.#missing = this.#length;
		this.#parts = this.#isEvent && !this.#options.decodes ? undefined : [];
		if (this.#length === 0) this.#finish();
		return from + headSize - kept;
	}

	get #isEvent(): boolean {
		return this.#opcode === TEXT && this.#length >= EVENT_MIN_BYTES;
	}

	#finish(): void {
		const { onEvent, onMessage } = this.#options;
		const payload = this.#parts === undefined ? undefined : Buffer.concat(this.#parts);
		this.#parts = undefined;
		if (this.#isEvent) onEvent(payload?.toString());
		else if (payload === undefined || this.#opcode === PONG) return;
		else if (this.#opcode === TEXT) onMessage(payload.toString());
		else if (this.#opcode === PING) this.#write(PONG, payload);
		else if (payload.length < 2) this.#end('closed');
		else this.#end(`closed ${payload.readUInt16BE(0)} ${payload.toString('utf8', 2)}`);
	}
}

function upgradeOf({ url, protocol }: CountingSocketOptions): string {
	const { host, pathname, search } = new URL(url);
	const lines = [
		`GET ${pathname}${search} HTTP/1.1`,
		`Host: ${host}`,
		'Connection: Upgrade',
		'Upgrade: websocket',
		'Sec-WebSocket-Version: 13',
		'Sec-WebSocket-Key: cGVuZG8gbWVzc2FnZSBiZQ==',
		...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
	];
	return `${lines.join('\r\n')}\r\n\r\n`;
}
