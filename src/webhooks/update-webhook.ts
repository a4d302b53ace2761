import { requireAdmin } from '../conversations/access.ts';
import { NotFoundError } from '../conversations/errors.ts';
import type { Viewer } from '../identity/viewer.ts';
import { type CreateWebhookInput, checkEvents } from './create-webhook.ts';
import type { Webhook } from './webhook.ts';
import type { Webhooks } from './webhooks.ts';

/** What is left out stays as it is. */
export interface UpdateWebhookInput extends Partial<CreateWebhookInput> {
	readonly webhookId: string;
	readonly enabled?: boolean;
}

/**
 * Changes where it is told, of what, and whether. What was queued before goes to the URL that it has when it is told; of
 * a disabled one it waits.
 * @throws ForbiddenError unless an admin, NotFoundError, InvalidInputError.
 */
export async function updateWebhook(
	webhooks: Webhooks,
	viewer: Viewer,
	{ webhookId, url, events, enabled }: UpdateWebhookInput,
): Promise<{ webhook: Webhook }> {
	requireAdmin(viewer.user);
	const wanted = events && checkEvents(events);
	if (url !== undefined) await webhooks.checkUrl('url', url);
	// What waited while it was disabled is due, and not overdue: before any node knows that it is enabled.
	if (enabled) await webhooks.store.hasten(webhookId, new Date());
	const webhook = await webhooks.store.changeWebhook(webhookId, (before) => ({
		...before,
		...(url !== undefined && { url }),
		...(wanted !== undefined && { events: wanted }),
		...(enabled !== undefined && { enabled, disabledReason: null }),
		updatedAt: new Date(),
	}));
	if (webhook === undefined) throw new NotFoundError('webhook');
	await webhooks.announce();
	if (webhook.enabled) webhooks.wake();
	return { webhook };
}
