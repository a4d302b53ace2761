import { requireStaff } from '../conversations/access.ts';
import { DeliveryConflictError, NotFoundError } from '../conversations/errors.ts';
import { findConversationOf, requireVisibleMessage } from '../conversations/find-message.ts';
import { newId } from '../conversations/ids.ts';
import type { Conversation, Message } from '../conversations/model.ts';
import type { Delivery } from '../conversations/outside.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { Outbound } from './outbound.ts';

/**
 * A person's change of a delivery; `change` answers undefined where its status does not allow it. For staff.
 * @throws NotFoundError, ForbiddenError, DeliveryConflictError, ServiceBusyError.
 */
export async function changeDelivery(
	{ domain }: Pick<Outbound, 'domain'>,
	viewer: Viewer,
	messageId: string,
	change: (delivery: Delivery, now: Date) => Delivery | undefined,
): Promise<{ conversation: Conversation; message: Message }> {
	requireStaff(viewer.user);
	const conversationId = await findConversationOf(domain, messageId);
	return domain.writes.run({
		id: newId(),
		conversationId,
		needs: { userIds: [viewer.user.id], messageIds: [messageId] },
		decide: (draft) => {
			const { conversation, message } = requireVisibleMessage(draft, viewer.user, messageId);
			const delivery = message.outside?.delivery;
			if (!delivery) throw new NotFoundError('delivery');
			const changed = change(delivery, draft.now);
			if (changed === delivery) return { conversation, message };
			if (changed === undefined) throw new DeliveryConflictError(delivery.status);
			const after = draft.changeDelivery(changed, viewer.user);
			return { conversation: draft.conversation ?? conversation, message: after };
		},
	});
}
