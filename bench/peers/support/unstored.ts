import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createLogger, logRequest } from './log.ts';
import type { Settings } from './settings.ts';
import { type Authenticate, type Claims, createAuthenticate } from './tokens.ts';

interface Operation {
	readonly operationName: string;
	readonly variables: { readonly input: { readonly body: string } };
}

/** A message as an event, as large as the product's. */
export interface SentEvent {
	readonly __typename: 'MessageSent';
	readonly sequence: number;
	readonly occurredAt: string;
	readonly message: object;
}

/** The one conversation of a server that stores nothing. Ids are as long as the product's. */
export const CONVERSATION_ID = `conv_${crypto.randomUUID()}`;

/**
 * Answers the benchmarks' operations without GraphQL and without a database: tokens are checked, each send is made an
 * event for `publish`, and nothing is kept.
 */
export function createUnstoredServer(
	settings: Settings,
	publish: (event: SentEvent) => void,
): { readonly server: Server; readonly authenticate: Authenticate } {
	const logger = createLogger(settings.logLevel);
	const authenticate = createAuthenticate(settings.secret);
	let sequence = 0;

	function answer({ operationName, variables }: Operation, { name }: Claims): unknown {
		if (operationName !== 'SendMessage')
			return { conversation: { id: CONVERSATION_ID, lastSequence: sequence } };
		sequence += 1;
		const occurredAt = new Date().toISOString();
		const id = `msg_${crypto.randomUUID()}`;
		const { body } = variables.input;
		const message = { id, sequence, body, createdAt: occurredAt, author: { id: `user_${crypto.randomUUID()}`, name } };
		publish({ __typename: 'MessageSent', sequence, occurredAt, message });
		return { message: { id, sequence } };
	}

	async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const startedAt = performance.now();
		const claims = await authenticate(request.headers.authorization);
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const operation = JSON.parse(Buffer.concat(chunks).toString()) as Operation;
		const field = operation.operationName.replace(/^./, (first) => first.toLowerCase());
		const __typename = `${operation.operationName}Payload`;
		const data = { [field]: { __typename, ...(answer(operation, claims) as object) } };
		response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
		logRequest(logger, {
			operation: operation.operationName,
			subject: claims.subject,
			startedAt,
			status: 200,
		});
	}

	const server = createServer((request, response) => {
		handle(request, response).catch((error: unknown) => {
			logger.error(error);
			response.writeHead(400).end();
		});
	});
	return { server, authenticate };
}
