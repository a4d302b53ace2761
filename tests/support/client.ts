import { type ExecutionResult, type FormattedExecutionResult, GraphQLError } from 'graphql';
import { createClient, type Client as SocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { TypedDocumentString } from '../generated/graphql.ts';

export interface Person {
	readonly subject: string;
	readonly name: string;
	readonly token: string;
}

/** A document as text, or one whose type is known. Variables are not held to theirs: tests send wrong ones too. */
export type Document<Data> = string | TypedDocumentString<Data, never>;

export type Json = { readonly [key: string]: never } & { readonly [key: number]: never };

export interface HttpAnswer<Data = never> {
	readonly status: number;
	readonly headers: Headers;
	readonly data: Data;
	readonly errors:
		| readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[]
		| undefined;
}

/** A user of the API as its own users write one: plain fetch for queries and mutations, graphql-ws for the rest. */
export class Client {
	readonly person: Person;
	readonly url: string;
	#socket: SocketClient | undefined;

	constructor(url: string, person: Person) {
		this.url = url;
		this.person = person;
	}

	/** The data of an operation that must succeed. */
	async query<Data>(query: Document<Data>, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
		const { data, errors, status } = await this.ask<Data>(query, variables);
		if (errors)
			throw new GraphQLError(
				`${status}: ${errors.map(({ message, extensions }) => `${extensions['code']} ${message}`).join('; ')}`,
				{ extensions: errors[0]?.extensions ?? {} },
			);
		return data;
	}

	/** Whatever the service answers. */
	async ask<Data>(
		query: Document<Data>,
		variables: Readonly<Record<string, unknown>> = {},
		signal?: AbortSignal,
	): Promise<HttpAnswer<Data>> {
		const response = await fetch(`${this.url}/graphql`, {
			...(signal && { signal }),
			method: 'POST',
			headers: { authorization: `Bearer ${this.person.token}`, 'content-type': 'application/json' },
			body: JSON.stringify({ query: query.toString(), variables }),
		});
		const body = (await response.json()) as FormattedExecutionResult;
		return {
			status: response.status,
			headers: response.headers,
			data: body.data as Data,
			errors: body.errors as HttpAnswer['errors'],
		};
	}

	/** Results of a subscription over one shared WebSocket, to be pulled. */
	subscribe<Data>(query: Document<Data>, variables: Readonly<Record<string, unknown>> = {}): Results<Data> {
		this.#socket ??= createClient({
			url: `${this.url.replace('http', 'ws')}/graphql`,
			webSocketImpl: WebSocket,
			connectionParams: { authorization: `Bearer ${this.person.token}` },
			retryAttempts: 0,
		});
		return new Results<Data>(this.#socket, query, variables);
	}

	async close(): Promise<void> {
		await this.#socket?.dispose();
		this.#socket = undefined;
	}
}

/** What a subscription has brought, in order; each `next` waits for one more. */
export class Results<Data> {
	readonly #arrived: ExecutionResult<Data>[] = [];
	readonly #waiting: ((result: ExecutionResult<Data> | 'end') => void)[] = [];
	readonly #stop: () => void;
	/** Settles when the subscription is over: undefined when it is complete, else what ended it. */
	readonly ended: Promise<unknown>;
	#over = false;

	constructor(socket: SocketClient, query: Document<Data>, variables: Readonly<Record<string, unknown>>) {
		let over: (reason: unknown) => void = () => {};
		this.ended = new Promise((resolve) => {
			over = (reason) => {
				this.#over = true;
				resolve(reason);
				for (const wait of this.#waiting.splice(0)) wait('end');
			};
		});
		this.#stop = socket.subscribe<Data>(
			{ query: query.toString(), variables: { ...variables } },
			{
				next: (result) => {
					const wait = this.#waiting.shift();
					if (wait) wait(result as ExecutionResult<Data>);
					else this.#arrived.push(result as ExecutionResult<Data>);
				},
				error: over,
				complete: () => over(undefined),
			},
		);
	}

	/** @throws when the subscription is over before. */
	async next(): Promise<ExecutionResult<Data>> {
		const arrived = this.#arrived.shift();
		if (arrived) return arrived;
		if (this.#over) throw new Error(`The subscription is over: ${JSON.stringify(await this.ended)}`);
		const result = await new Promise<ExecutionResult<Data> | 'end'>((resolve) => this.#waiting.push(resolve));
		if (result === 'end') throw new Error(`The subscription is over: ${JSON.stringify(await this.ended)}`);
		return result;
	}

	/** The next `count` results' data. */
	async take(count: number): Promise<Data[]> {
		const taken: Data[] = [];
		while (taken.length < count) taken.push((await this.next()).data as Data);
		return taken;
	}

	/** What has arrived and was not taken. */
	get waiting(): number {
		return this.#arrived.length;
	}

	stop(): void {
		this.#stop();
	}
}
