import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** FIN and opcode 1 (text) of a WebSocket frame; RFC 6455, 5.2. */
const FINAL_TEXT = 0x81;
/** So much is written at once, not to be copied together with still more. */
const MAX_PENDING = 65_536;

/** Outboxes with something to write before this turn of the event loop is over. */
let due: SocketOutbox[] = [];

/**
 * What goes to one socket past `ws`: whole frames. Without compression they stand where `ws` would have put them, at a
 * fraction of what a send costs there. Those that come within one turn of the event loop, of several operations too,
 * leave in one write at its end.
 */
export class SocketOutbox {
	readonly #socket: Pick<WebSocket, 'readyState' | 'OPEN' | 'bufferedAmount'>;
	readonly #stream: Duplex;
	/** Frames, a character for each byte. */
	#pending = '';

	constructor(socket: Pick<WebSocket, 'readyState' | 'OPEN' | 'bufferedAmount'>, stream: Duplex) {
		this.#socket = socket;
		this.#stream = stream;
	}

	/** Bytes that wait, here or in the socket. */
	get waiting(): number {
		return this.#socket.bufferedAmount + this.#pending.length;
	}

	/** A whole frame in two parts, a character for each byte: what is the same for others, too, and what is this socket's. */
	push(shared: string, own: string): void {
		if (this.#pending === '') {
			if (due.length === 0) queueMicrotask(flushDue);
			due.push(this);
		}
		this.#pending += shared + own;
		if (this.#pending.length > MAX_PENDING) this.flush();
	}

	/** Writes now: before anything that must not overtake. After a close frame nothing may be written. */
	flush(): void {
		if (this.#pending === '') return;
		const frames = this.#pending;
		this.#pending = '';
		if (this.#socket.readyState === this.#socket.OPEN) this.#stream.write(frames, 'latin1');
	}
}

function flushDue(): void {
	const outboxes = due;
	due = [];
	for (const outbox of outboxes) outbox.flush();
}

/** The head of a text message of so many bytes, as one unmasked frame, as a server sends it (RFC 6455, 5.1). */
export function frameHead(length: number): string {
	if (length < 126) return String.fromCharCode(FINAL_TEXT, length);
	if (length < 65_536) return String.fromCharCode(FINAL_TEXT, 126, length >> 8, length & 255);
	const [high, low] = [Math.floor(length / 2 ** 32), length >>> 0];
	const bytes = [high, low].flatMap((word) => [
		word >>> 24,
		(word >> 16) & 255,
		(word >> 8) & 255,
		word & 255,
	]);
	return String.fromCharCode(FINAL_TEXT, 127, ...bytes);
}
