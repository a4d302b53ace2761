import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { describeFault } from './wire.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/** A request that is answered with `status` and what is wrong with it. */
export class RequestFault extends Error {
	readonly status: number;

	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

/** The JSON body in the model's form. @throws RequestFault */
export async function readJson<Model extends z.ZodType>(
	request: IncomingMessage,
	model: Model,
): Promise<z.output<Model>> {
	// A web page cannot post JSON to a foreign server unasked.
	if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
		throw new RequestFault(415, 'content-type must be application/json');
	const text = await readText(request);
	const result = model.safeParse(parse(text));
	if (!result.success) throw new RequestFault(400, describeFault(result.error));
	return result.data;
}

async function readText(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request.iterator({ destroyOnReturn: false })) {
		size += chunk.length;
		if (size > MAX_BODY_BYTES) throw new RequestFault(413, `body: at most ${MAX_BODY_BYTES} bytes`);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new RequestFault(400, 'body: not JSON');
	}
}

export function answerJson(
	response: ServerResponse,
	status: number,
	value: unknown,
	headers: Readonly<Record<string, string>> = {},
): void {
	response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(value));
}
