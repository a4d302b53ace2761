import { requireAdmin } from '../conversations/access.ts';
import { NotFoundError } from '../conversations/errors.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { Webhooks } from './webhooks.ts';

/**
 * Forgets a webhook, and in time its deliveries: those that wait are not made.
 * @throws ForbiddenError unless an admin, NotFoundError.
 */
export async function deleteWebhook(
	webhooks: Webhooks,
	viewer: Viewer,
	{ webhookId }: { readonly webhookId: string },
): Promise<{ webhookId: string }> {
	requireAdmin(viewer.user);
	if (!(await webhooks.store.deleteWebhook(webhookId))) throw new NotFoundError('webhook');
	await webhooks.announce();
	return { webhookId };
}
