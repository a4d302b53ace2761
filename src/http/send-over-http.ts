import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { printDateTime } from '../../schema/date-time.ts';
import { InvalidInputError, RateLimitedError } from '../conversations/errors.ts';
import type { Conversation, Message } from '../conversations/model.ts';
import { toPublicId } from '../conversations/public-ids.ts';
import type { Limits } from '../identity/limits.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { type SendOutboundInput, sendOutboundMessage } from '../outbound/send-outbound-message.ts';
import type { Authentication } from './authentication.ts';
import { readBody } from './body.ts';
import { parseJson, readAs } from './json-body.ts';
import type { Origins } from './origins.ts';
import { channel, instant, text } from './outside-models.ts';
import { HttpRefusal, type RestAnswer, type RestDeps, requirePost, serveRest } from './rest.ts';

export interface SendOverHttpDeps extends RestDeps {
	readonly outbound: Outbound;
	readonly authentication: Pick<Authentication, 'ofRequest'>;
	readonly limits: Pick<Limits, 'begin'>;
	readonly origins: Pick<Origins, 'admits'>;
}

const SendBody = z.object(
	{
		from: text.optional(),
		/** Python's word `from` cannot be an argument's name. */
		from_: text.optional(),
		to: text,
		type: channel,
		body: text,
		attachments: z.array(text, 'must be null or a list of URLs').nullish(),
		timestamp: instant.nullish(),
		client_message_id: text.nullish(),
	},
	'must be a JSON object',
);

type SendBody = z.output<typeof SendBody>;

/**
 * POST /messages/send: `sendOutboundMessage` for those who speak no GraphQL. Answers 202 once the message is stored; it
 * goes out afterwards.
 */
export async function handleSendOverHttp(
	req: IncomingMessage,
	res: ServerResponse,
	requestId: string,
	deps: SendOverHttpDeps,
): Promise<void> {
	await serveRest({ req, res, requestId, route: 'POST /messages/send' }, deps, async (line) => {
		requirePost(req);
		if (!deps.origins.admits(req))
			throw new HttpRefusal(403, 'FORBIDDEN', 'Pages of this origin may not use the service.');
		const viewer = await deps.authentication.ofRequest(req);
		line['user'] = viewer.user.subject;
		const turns = deps.limits.begin(viewer.user.id);
		if (turns.wait > 0) throw new RateLimitedError(turns.wait);
		return send(req, viewer, deps);
	});
}

async function send(req: IncomingMessage, viewer: Viewer, deps: SendOverHttpDeps): Promise<RestAnswer> {
	// Other content types are what a foreign page's form can send without being asked (CSRF).
	if (!/^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? ''))
		throw new HttpRefusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send application/json.');
	const body = readAs(SendBody, parseJson(await readBody(req, deps.maxBodyBytes)));
	const key = readKey(req, body);
	const from = readSender(body);
	try {
		const sent = await sendOutboundMessage(deps.outbound, viewer, {
			from,
			to: body.to,
			type: body.type,
			body: body.body,
			attachments: body.attachments ?? [],
			timestamp: body.timestamp ?? new Date(),
			...(key && { clientMessageId: key.value }),
		} satisfies SendOutboundInput);
		return { status: 202, body: shown(sent) };
	} catch (error) {
		throw renamed(error, {
			from: body.from === undefined ? 'from_' : 'from',
			clientMessageId: key?.name ?? KEY_HEADER,
		});
	}
}

/** @throws InvalidInputError unless there is one sender. */
function readSender({ from, from_ }: SendBody): string {
	const sender = from ?? from_;
	if (sender === undefined) throw new InvalidInputError('from', 'from must be a text.');
	if (from_ !== undefined && from_ !== sender)
		throw new InvalidInputError('from_', 'from_ and from must not differ.');
	return sender;
}

const KEY_HEADER = 'Idempotency-Key';

/** What a retry has in common with the first request, and where that stood. */
function readKey(
	req: IncomingMessage,
	{ client_message_id }: SendBody,
): { readonly name: string; readonly value: string } | undefined {
	// Some clients write it as a structured field (RFC 9651, 3.3.3): the quotes are none of it.
	const header = req.headers['idempotency-key']?.toString().replace(/^"(.*)"$/, '$1');
	const field = client_message_id ?? undefined;
	if (header !== undefined && field !== undefined && header !== field)
		throw new InvalidInputError(
			'client_message_id',
			`client_message_id and the header ${KEY_HEADER} must not differ.`,
		);
	if (field !== undefined) return { name: 'client_message_id', value: field };
	return header === undefined ? undefined : { name: KEY_HEADER, value: header };
}

/** A fault of a field by the name that the caller knows it by. */
function renamed(error: unknown, names: Readonly<Record<string, string>>): unknown {
	const name = error instanceof InvalidInputError ? names[error.field] : undefined;
	if (!(error instanceof InvalidInputError) || name === undefined) return error;
	return new InvalidInputError(name, error.message.replace(error.field, name));
}

function shown({ conversation, message }: { conversation: Conversation; message: Message }) {
	const { delivery, attachments = [] } = message.outside ?? {};
	return {
		message: {
			id: toPublicId('Message', message.id),
			sequence: message.sequence,
			channel: message.channel,
			from: delivery?.from,
			to: delivery?.to,
			body: message.body,
			attachments: attachments.map(({ url }) => url),
			createdAt: printDateTime(message.createdAt),
			clientMessageId: message.clientMessageId,
		},
		conversation: {
			id: toPublicId('Conversation', conversation.id),
			status: conversation.status,
			channel: conversation.channel,
			lastSequence: conversation.lastSequence,
		},
		status: delivery?.status,
	};
}
