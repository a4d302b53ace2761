import { requireAdmin } from '../conversations/access.ts';
import { NotFoundError } from '../conversations/errors.ts';
import type { Viewer } from '../identity/viewer.ts';
import { newSecret } from './secrets.ts';
import type { Webhook } from './webhook.ts';
import type { Webhooks } from './webhooks.ts';

/** How long the secret before signs beside its successor. */
const OVERLAP_MS = 24 * 60 * 60 * 1000;

/**
 * Another secret from now on, which is not shown again. The one before signs as well for a day, and the one before that
 * no more.
 * @throws ForbiddenError unless an admin, NotFoundError.
 */
export async function rotateWebhookSecret(
	webhooks: Webhooks,
	viewer: Viewer,
	{ webhookId }: { readonly webhookId: string },
): Promise<{ webhook: Webhook; secret: string }> {
	requireAdmin(viewer.user);
	const secret = newSecret();
	const webhook = await webhooks.store.changeWebhook(webhookId, (before) =>
		// The transaction may run again after it was stored.
		before.secret === secret ? before : rotated(before, secret, new Date()),
	);
	if (webhook === undefined) throw new NotFoundError('webhook');
	await webhooks.announce();
	return { webhook, secret };
}

function rotated(webhook: Webhook, secret: string, now: Date): Webhook {
	return {
		...webhook,
		secret,
		previousSecret: webhook.secret,
		previousSecretUntil: new Date(now.getTime() + OVERLAP_MS),
		updatedAt: now,
	};
}
