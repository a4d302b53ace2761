import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { GraphQLContext } from '../../schema/context.ts';
import { ClientGone } from './body.ts';
import type { GraphQLServer } from './graphql.ts';
import { requestUrl } from './respond.ts';
import { EVENT_STREAM_HEADERS } from './server-sent-events.ts';

export interface YogaHandlerDeps {
	readonly graphql: Pick<GraphQLServer, 'yoga'>;
	/** How long a stream's reader may take nothing. */
	readonly slowReaderMaxMs: number;
}

/**
 * Leaves a request to yoga's own handler; its body was read already.
 * @throws ClientGone.
 */
export async function passToYoga(
	req: IncomingMessage,
	res: ServerResponse,
	context: GraphQLContext | undefined,
	body: Buffer | undefined,
	{ graphql, slowReaderMaxMs }: YogaHandlerDeps,
): Promise<void> {
	// There would be no close to end a stream at.
	if (res.destroyed) throw new ClientGone();
	// The client's Host is nobody's business here, and may be malformed.
	const url = `http://localhost/graphql${requestUrl(req)?.search ?? ''}`;
	const left = new AbortController();
	res.once('close', () => left.abort());
	const request = new Request(url, {
		method: req.method ?? 'GET',
		headers: plainHeaders(req),
		signal: left.signal,
		...(body !== undefined && { body: new Uint8Array(body) }),
	});
	const response = await fetchUnlessLeft(graphql.yoga, request, context ?? {});
	const streams = response.headers.get('content-type')?.startsWith('text/event-stream');
	const headers = Object.fromEntries(response.headers);
	res.writeHead(response.status, streams ? { ...headers, ...EVENT_STREAM_HEADERS } : headers);
	breakOffStalled(res, slowReaderMaxMs);
	if (response.body === null) res.end();
	// Yoga's streams are its own, not the platform's: all that both have is the iteration.
	else await pipeline(Readable.from(response.body as AsyncIterable<Uint8Array>), res).catch(() => undefined);
}

async function fetchUnlessLeft(
	yoga: GraphQLServer['yoga'],
	request: Request,
	context: object,
): Promise<Response> {
	try {
		return await yoga.fetch(request, context);
	} catch (error) {
		throw request.signal.aborted ? new ClientGone() : error;
	}
}

/** A reader that stops reading holds up its own stream alone; its connection is not kept for it. */
function breakOffStalled(res: ServerResponse, maxMs: number): void {
	let stalled = false;
	const beat = setInterval(() => {
		if (stalled) res.destroy();
		stalled = res.writableNeedDrain;
	}, maxMs).unref();
	res.on('drain', () => {
		stalled = false;
	});
	res.once('close', () => clearInterval(beat));
}

function plainHeaders(req: IncomingMessage): Headers {
	const headers = new Headers();
	for (const [name, value] of Object.entries(req.headers))
		for (const one of Array.isArray(value) ? value : [value])
			if (one !== undefined) headers.append(name, one);
	return headers;
}
