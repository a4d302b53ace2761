import { requireAdmin } from '../conversations/access.ts';
import { InvalidInputError } from '../conversations/errors.ts';
import { newId } from '../conversations/ids.ts';
import { LIMITS } from '../conversations/limits.ts';
import type { Viewer } from '../identity/viewer.ts';
import { newSecret } from './secrets.ts';
import type { Webhook, WebhookEvent } from './webhook.ts';
import type { Webhooks } from './webhooks.ts';

export interface CreateWebhookInput {
	readonly url: string;
	readonly events: readonly WebhookEvent[];
}

/**
 * From now on, on this node, the URL is told of these events. The secret is not shown again.
 * @throws ForbiddenError unless an admin, InvalidInputError.
 */
export async function createWebhook(
	webhooks: Webhooks,
	viewer: Viewer,
	{ url, events }: CreateWebhookInput,
): Promise<{ webhook: Webhook; secret: string }> {
	requireAdmin(viewer.user);
	const wanted = checkEvents(events);
	await webhooks.checkUrl('url', url);
	if ((await webhooks.store.webhooks()).length >= LIMITS.webhooks)
		throw new InvalidInputError(
			'url',
			`There are ${LIMITS.webhooks} webhooks already, as many as there may be.`,
		);
	const secret = newSecret();
	const now = new Date();
	const webhook: Webhook = {
		id: newId(),
		url,
		events: wanted,
		enabled: true,
		disabledReason: null,
		secret,
		previousSecret: null,
		previousSecretUntil: null,
		createdAt: now,
		updatedAt: now,
	};
	await webhooks.store.insertWebhook(webhook);
	await webhooks.announce();
	return { webhook, secret };
}

/** Each once. @throws InvalidInputError for none. */
export function checkEvents(events: readonly WebhookEvent[]): readonly WebhookEvent[] {
	if (events.length === 0) throw new InvalidInputError('events', 'events must name at least one.');
	return [...new Set(events)];
}
