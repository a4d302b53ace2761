import { TransferError } from './format.ts';

/** More than the longest row: a body of 64 KiB whose characters are all escaped. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
const NEWLINE = 0x0a;

/** The lines of a stream, each with its newline, as many at a time as arrive; the last may lack its newline. */
export async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<readonly Buffer[]> {
	let rest: Buffer = Buffer.alloc(0);
	for await (const chunk of source) {
		const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
		const lines: Buffer[] = [];
		let from = 0;
		for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
			lines.push(bytes.subarray(from, end + 1));
			from = end + 1;
		}
		rest = bytes.subarray(from);
		if (lines.length > 0) yield lines;
		if (rest.length > MAX_LINE_BYTES)
			throw new TransferError(`A line has more than ${MAX_LINE_BYTES} bytes: this is no export.`);
	}
	if (rest.length > 0) yield [rest];
}
