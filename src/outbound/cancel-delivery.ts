import { cancel } from '../conversations/delivery.ts';
import type { Conversation, Message } from '../conversations/model.ts';
import { type Changer, changeDelivery } from './change-delivery.ts';
import type { Outbound } from './outbound.ts';

/**
 * Ends the sending of a message that waits for its turn (QUEUED, RETRYING), or dismisses one that waits for a person
 * (DEAD, FAILED, UNKNOWN). Cancelling twice is no error. For staff and operators.
 * @throws NotFoundError, ForbiddenError, DeliveryConflictError in another status, ServiceBusyError.
 */
export function cancelDelivery(
	outbound: Pick<Outbound, 'domain'>,
	by: Changer,
	{ messageId }: { readonly messageId: string },
): Promise<{ conversation: Conversation; message: Message }> {
	return changeDelivery(outbound, by, messageId, cancel);
}
