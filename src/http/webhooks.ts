import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebhookOutcome } from '../observability/webhook-metrics.ts';
import { genericWebhooks } from './generic-webhooks.ts';
import { sendError } from './respond.ts';
import { requirePost, serveRest } from './rest.ts';
import { twilioWebhooks } from './twilio-webhooks.ts';
import type { Taken, Webhook, WebhookDeps } from './webhook.ts';

const WEBHOOKS: ReadonlyMap<string, Webhook> = new Map(
	Object.entries({
		'/webhooks/messages': genericWebhooks.messages,
		'/webhooks/status': genericWebhooks.status,
		'/webhooks/twilio/messages': twilioWebhooks.messages,
		'/webhooks/twilio/status': twilioWebhooks.status,
	}),
);

const OUTCOMES: Readonly<Record<string, WebhookOutcome>> = {
	UNAUTHENTICATED: 'unauthenticated',
	SERVICE_BUSY: 'busy',
	INTERNAL: 'failed',
};

/**
 * POST /webhooks/…: what providers tell of messages that come in, and of those that went out. A provider proves itself
 * by a signature; who is told 503 or 500 tries again.
 */
export async function handleWebhook(
	req: IncomingMessage,
	res: ServerResponse,
	requestId: string,
	path: string,
	deps: WebhookDeps,
): Promise<void> {
	const webhook = WEBHOOKS.get(path);
	if (!webhook?.isOpen(deps)) return sendError(res, 404, 'NOT_FOUND', 'No provider is listened to here.');
	const { from, kind, take, answer } = webhook;
	let taken: Taken | undefined;
	const fault = await serveRest({ req, res, requestId, route: `POST ${path}` }, deps, async (line) => {
		requirePost(req);
		taken = await take(req, deps);
		line['webhook'] = taken;
		return answer(taken);
	});
	const outcome = fault === undefined ? taken : (OUTCOMES[fault.code] ?? 'refused');
	if (outcome === undefined) return;
	deps.metrics.webhook(from, kind, outcome);
	if (taken === 'not-found' || fault?.code === 'INVALID_INPUT')
		deps.logger.warn({ requestId, path, outcome, reason: fault?.message }, 'a webhook is of no use');
}
