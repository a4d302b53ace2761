import { redrive } from '../conversations/delivery.ts';
import type { Conversation, Message } from '../conversations/model.ts';
import { type Changer, changeDelivery } from './change-delivery.ts';
import type { Outbound } from './outbound.ts';

/**
 * Has a message sent (again) that nobody tries any more: DEAD, FAILED, and UNKNOWN, which may go out twice by it. For staff
 * and operators.
 * @throws NotFoundError, ForbiddenError, DeliveryConflictError in another status, ServiceBusyError.
 */
export function redriveDelivery(
	outbound: Pick<Outbound, 'domain'>,
	by: Changer,
	{ messageId }: { readonly messageId: string },
): Promise<{ conversation: Conversation; message: Message }> {
	return changeDelivery(outbound, by, messageId, redrive);
}
