import { Buffer } from 'node:buffer';

/** FIN and opcode 1 (text) of a WebSocket frame; RFC 6455, 5.2. */
const FINAL_TEXT = 0x81;

/**
 * A whole text message as one unmasked frame, as a server sends it (RFC 6455, 5.1). Written between two messages of a
 * socket without compression it stands where `ws` would have put it, at a fraction of what a send costs there.
 */
export function textFrame(text: string): Buffer {
	const length = Buffer.byteLength(text);
	const start = length < 126 ? 2 : length < 65_536 ? 4 : 10;
	const frame = Buffer.allocUnsafe(start + length);
	frame[0] = FINAL_TEXT;
	if (length < 126) frame[1] = length;
	else if (length < 65_536) {
		frame[1] = 126;
		frame.writeUInt16BE(length, 2);
	} else {
		frame[1] = 127;
		frame.writeBigUInt64BE(BigInt(length), 2);
	}
	frame.write(text, start);
	return frame;
}
