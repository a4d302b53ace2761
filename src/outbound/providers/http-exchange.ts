import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

/** How a request ended. `error` is a sentence without addresses, secrets and bodies. */
export type HttpEnd =
	| {
			readonly kind: 'answered';
			readonly status: number;
			readonly headers: IncomingHttpHeaders;
			readonly body: HttpBody;
	  }
	/** No byte of it was written, and none will be. */
	| { readonly kind: 'unsent'; readonly error: string }
	/** It was written, at least in part, and no status came. */
	| { readonly kind: 'lost'; readonly error: string };

/** `isCut`: the connection or the time ended before the body did. Otherwise it is not one that we would read. */
export type HttpBody = { readonly text: string } | { readonly error: string; readonly isCut: boolean };

/** Of an answer's body; all that we look for is at its beginning. */
const MAX_BODY_BYTES = 65_536;

/** One request and its answer, which is there in time, whatever the other side does. */
export class HttpExchange implements Dispatcher.DispatchHandler {
	readonly end: Promise<HttpEnd>;

	readonly #resolve: (end: HttpEnd) => void;
	readonly #timer: NodeJS.Timeout;
	#isOver = false;
	/** There once the request is about to be written. */
	#controller: Dispatcher.DispatchController | undefined;
	#answer: { readonly status: number; readonly headers: IncomingHttpHeaders } | undefined;
	readonly #chunks: Buffer[] = [];
	#bytes = 0;

	constructor(timeoutMs: number) {
		const { promise, resolve } = Promise.withResolvers<HttpEnd>();
		this.end = promise;
		this.#resolve = resolve;
		this.#timer = setTimeout(() => {
			const stage = this.#controller === undefined ? 'connection' : 'answer';
			this.#fail(`No ${this.#answer === undefined ? stage : 'whole answer'} came within ${timeoutMs} ms.`);
		}, timeoutMs);
	}

	onRequestStart(controller: Dispatcher.DispatchController): void {
		if (this.#isOver) controller.abort(new Error('Its time is over.'));
		else this.#controller = controller;
	}

	onResponseStart(
		_controller: Dispatcher.DispatchController,
		status: number,
		headers: IncomingHttpHeaders,
	): void {
		// 1xx only tell that the answer is still to come.
		if (status >= 200) this.#answer = { status, headers };
	}

	onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
		this.#chunks.push(chunk);
		this.#bytes += chunk.length;
		if (this.#bytes > MAX_BODY_BYTES)
			this.#answered({ error: 'The answer is too long.', isCut: false }, 'abort');
	}

	onResponseEnd(): void {
		const text = decode(Buffer.concat(this.#chunks));
		this.#answered(text === undefined ? { error: 'The answer is no text.', isCut: false } : { text });
	}

	onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
		const reason = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
		this.#fail(
			this.#controller === undefined
				? `It cannot be reached (${reason}).`
				: `The connection was lost (${reason}).`,
		);
	}

	#fail(error: string): void {
		if (this.#answer !== undefined) this.#answered({ error, isCut: true }, 'abort');
		else this.#finish({ kind: this.#controller === undefined ? 'unsent' : 'lost', error }, 'abort');
	}

	#answered(body: HttpBody, rest?: 'abort'): void {
		if (this.#answer !== undefined) this.#finish({ kind: 'answered', ...this.#answer, body }, rest);
	}

	#finish(end: HttpEnd, rest?: 'abort'): void {
		if (this.#isOver) return;
		this.#isOver = true;
		clearTimeout(this.#timer);
		this.#resolve(end);
		if (rest === 'abort') this.#controller?.abort(new Error('The rest is not wanted.'));
	}
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Buffer): string | undefined {
	try {
		return UTF8.decode(bytes);
	} catch {
		return undefined;
	}
}
