import { requireStaff } from '../conversations/access.ts';
import { DeliveryConflictError, NotFoundError } from '../conversations/errors.ts';
import { findConversationOf } from '../conversations/find-message.ts';
import { newId } from '../conversations/ids.ts';
import type { Conversation, Message } from '../conversations/model.ts';
import type { Delivery } from '../conversations/outside.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { Outbound } from './outbound.ts';

/** A viewer, or whoever runs the service, at its command line: nobody whom events could name. */
export type Changer = Viewer | 'operator';

/**
 * A person's change of a delivery; `change` answers undefined where its status does not allow it. For staff and operators.
 * @throws NotFoundError, ForbiddenError, DeliveryConflictError, ServiceBusyError.
 */
export async function changeDelivery(
	{ domain }: Pick<Outbound, 'domain'>,
	by: Changer,
	messageId: string,
	change: (delivery: Delivery, now: Date) => Delivery | undefined,
): Promise<{ conversation: Conversation; message: Message }> {
	const user = by === 'operator' ? null : by.user;
	if (user !== null) requireStaff(user);
	const conversationId = await findConversationOf(domain, messageId);
	return domain.writes.run({
		id: newId(),
		conversationId,
		needs: { messageIds: [messageId] },
		decide: (draft) => {
			const message = draft.message(messageId);
			const delivery = message?.outside?.delivery;
			if (draft.conversation === undefined || !message || !delivery) throw new NotFoundError('delivery');
			const changed = change(delivery, draft.now);
			if (changed === delivery) return { conversation: draft.conversation, message };
			if (changed === undefined) throw new DeliveryConflictError(delivery.status);
			const after = draft.changeDelivery(changed, user);
			return { conversation: draft.conversation, message: after };
		},
	});
}
