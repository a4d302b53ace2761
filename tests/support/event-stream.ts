import type { Client } from './client.ts';

export interface StreamMessage {
	/** `next` or `complete` (graphql-sse, distinct connections mode). */
	readonly event: string;
	readonly id?: string;
	readonly data?: {
		readonly data?: Readonly<Record<string, unknown>>;
		readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
	};
}

/** A response of server-sent events, read as its text comes (WHATWG HTML, 9.2). */
export class StreamReader {
	readonly response: Response;
	readonly #reader: ReadableStreamDefaultReader<string>;
	#text = '';

	constructor(response: Response) {
		this.response = response;
		if (response.body === null) throw new Error(`No body: ${response.status}`);
		this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
	}

	/** Sends an operation and asks for its results as a stream. */
	static async open(
		client: Client,
		query: string,
		variables: Readonly<Record<string, unknown>>,
		token: string = client.person.token,
		headers: Readonly<Record<string, string>> = {},
	): Promise<StreamReader> {
		const response = await fetch(`${client.url}/graphql`, {
			method: 'POST',
			headers: {
				authorization: `Bearer ${token}`,
				'content-type': 'application/json',
				accept: 'text/event-stream',
				...headers,
			},
			body: JSON.stringify({ query, variables }),
		});
		return new StreamReader(response);
	}

	/** The next message, comments passed over; undefined at the end of the response. Rejects where it is cut. */
	async next(): Promise<StreamMessage | undefined> {
		for (;;) {
			const end = this.#text.indexOf('\n\n');
			if (end >= 0) {
				const block = this.#text.slice(0, end);
				this.#text = this.#text.slice(end + 2);
				const message = parse(block);
				if (message) return message;
				continue;
			}
			const { done, value } = await this.#reader.read();
			if (done) return undefined;
			this.#text += value;
		}
	}

	/** All that comes until the response ends. */
	async rest(): Promise<StreamMessage[]> {
		const messages: StreamMessage[] = [];
		for (let next = await this.next(); next !== undefined; next = await this.next()) messages.push(next);
		return messages;
	}

	cancel(): Promise<void> {
		return this.#reader.cancel();
	}
}

function parse(block: string): StreamMessage | undefined {
	const fields = new Map<string, string>();
	for (const line of block.split('\n')) {
		const colon = line.indexOf(':');
		if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
	}
	const event = fields.get('event');
	if (event === undefined) return undefined;
	const id = fields.get('id');
	const data = fields.get('data');
	return {
		event,
		...(id !== undefined && { id }),
		...(data && { data: JSON.parse(data) as NonNullable<StreamMessage['data']> }),
	};
}
