import { requireAdmin } from '../conversations/access.ts';
import { DeliveryConflictError, NotFoundError } from '../conversations/errors.ts';
import type { Viewer } from '../identity/viewer.ts';
import { redrive } from './delivery.ts';
import type { WebhookDelivery } from './webhook.ts';
import type { Webhooks } from './webhooks.ts';

/**
 * Queues a DEAD delivery again, from its first attempt on.
 * @throws ForbiddenError unless an admin, NotFoundError, DeliveryConflictError unless it is DEAD.
 */
export async function redriveWebhookDelivery(
	webhooks: Webhooks,
	viewer: Viewer,
	{ deliveryId }: { readonly deliveryId: string },
): Promise<{ delivery: WebhookDelivery }> {
	requireAdmin(viewer.user);
	const now = new Date();
	const [delivery] = await webhooks.store.changeDeliveries([deliveryId], (found) => {
		const before = found.get(deliveryId);
		if (before === undefined) throw new NotFoundError('webhook delivery');
		const after = redrive(before, now);
		if (after === undefined) throw new DeliveryConflictError(before.status);
		return { deliveries: [after] };
	});
	if (delivery === undefined) throw new Error('What was changed is answered.');
	// Of a deleted webhook it is told to nobody, and soon forgotten.
	if ((await webhooks.store.webhook(delivery.webhookId)) === undefined)
		throw new NotFoundError('webhook delivery');
	webhooks.wake();
	return { delivery };
}
