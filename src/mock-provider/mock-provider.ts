import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type CallbackOptions, Callbacks } from './callbacks.ts';
import { Carrier, type CarrierOptions } from './carrier.ts';
import { answerJson, RequestFault, readJson } from './http.ts';
import { Log, type LogEntry } from './log.ts';
import { overview } from './overview.ts';
import { incomingMessage, messageCallback, outgoingMessage } from './wire.ts';

export interface MockProviderOptions extends CarrierOptions {
	/** Where callbacks and incoming messages go. Without it there are none. */
	readonly callbacks?: CallbackOptions;
	/** Told of each entry of the log at once, of a request's before its answer. */
	readonly onEntry?: (entry: LogEntry) => void;
}

export interface MockProvider {
	/** Opens the port, 0 for any free one; answers with the URL, which has no slash at the end. */
	listen(port: number, host: string): Promise<string>;
	/** Drops connections, and callbacks that wait. */
	close(): Promise<void>;
	/** The newest 5,000 entries. */
	readonly log: { readonly entries: readonly LogEntry[] };
}

/** A provider of SMS, MMS and email that sends nothing: it answers as it is told by options and by the address. */
export function createMockProvider(options: MockProviderOptions = {}): MockProvider {
	const log = new Log(options.onEntry);
	const callbacks = options.callbacks && new Callbacks(options.callbacks, (entry) => log.add(entry));
	const carrier = new Carrier(options, log, callbacks);
	const server = createServer((request, response) => {
		route(request, response, { carrier, log, callbacks }).catch((error: unknown) =>
			answerFault(response, log, error),
		);
	});
	return {
		log,
		listen: (port, host) => listen(server, port, host),
		close: async () => {
			const closed = server.listening ? once(server.close(), 'close') : undefined;
			server.closeAllConnections();
			await Promise.all([closed, callbacks?.close()]);
		},
	};
}

async function listen(server: Server, port: number, host: string): Promise<string> {
	await once(server.listen(port, host), 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('It listens on no port.');
	return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

interface Parts {
	readonly carrier: Carrier;
	readonly log: Log;
	readonly callbacks: Callbacks | undefined;
}

async function route(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
	const path = request.url?.split('?', 1)[0];
	if (request.method === 'GET' && path === '/log')
		return answerJson(response, 200, { entries: parts.log.entries });
	if (request.method === 'GET')
		return void response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(overview());
	if (request.method !== 'POST') throw new RequestFault(405, 'messages are sent by POST');
	if (path === '/simulate/incoming') return bringIn(request, response, parts.callbacks);
	const message = await readJson(request, outgoingMessage);
	if (request.headers['idempotency-key'] !== message.id)
		throw new RequestFault(400, "idempotency-key must be the message's id");
	return parts.carrier.take(message, response);
}

/** Sends the service a message as if somebody had written it, and answers with what the service said. */
async function bringIn(
	request: IncomingMessage,
	response: ServerResponse,
	callbacks: Callbacks | undefined,
): Promise<void> {
	if (callbacks === undefined)
		throw new RequestFault(409, 'it is not known where the service is: set MOCK_PROVIDER_CALLBACK_URL');
	const message = await readJson(request, incomingMessage);
	const callback = messageCallback(message, `in_${randomUUID()}`);
	const { status, attempts } = await callbacks.send(callback);
	const isTaken = status !== null && status < 300;
	answerJson(response, isTaken ? 200 : 502, { id: callback.payload.data.id, status, attempts });
}

function answerFault(response: ServerResponse, log: Log, error: unknown): void {
	// The client is gone, or the connection was reset on purpose.
	if (response.destroyed || response.headersSent) return;
	const status = error instanceof RequestFault ? error.status : 500;
	const message = error instanceof Error ? error.message : String(error);
	log.add({ kind: 'fault', at: new Date().toISOString(), status, error: message });
	// The rest of its body may still come.
	answerJson(response, status, { error: message }, { connection: 'close' });
}
