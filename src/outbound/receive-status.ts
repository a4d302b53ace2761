import { report } from '../conversations/delivery.ts';
import { newId } from '../conversations/ids.ts';
import { receiptKey } from '../conversations/outside-keys.ts';
import type { Outbound } from './outbound.ts';
import { recordedError } from './provider.ts';

/** A provider's word on how a message fared, found by our id or by the provider's. */
export interface StatusReport {
	readonly provider: string;
	readonly messageId?: string;
	readonly providerMessageId?: string;
	readonly status: 'SENT' | 'DELIVERED' | 'UNDELIVERED' | 'FAILED';
	readonly error?: string;
	readonly timestamp: Date;
	/** Of the call that brought it, where calls have ids. */
	readonly webhookId?: string;
}

/**
 * Takes a status on: in whatever order they come, and however often, none moves a delivery back. The same call counts once,
 * whatever a person has had sent again since.
 * @throws ServiceBusyError.
 */
export async function receiveStatus(
	outbound: Outbound,
	{ provider, messageId, providerMessageId, status, error, webhookId }: StatusReport,
): Promise<'changed' | 'unchanged' | 'repeated' | 'not-found'> {
	const found = await find(outbound, provider, messageId, providerMessageId);
	if (found === undefined) return 'not-found';
	const said = {
		status,
		providerMessageId: providerMessageId ?? null,
		error: error === undefined ? null : recordedError(error),
	};
	const receipt = webhookId === undefined ? undefined : receiptKey(provider, 'webhook', webhookId);
	return outbound.domain.writes.run({
		id: newId(),
		conversationId: found.conversationId,
		needs: { messageIds: [found.messageId], ...(receipt !== undefined && { receiptKeys: [receipt] }) },
		decide: (draft) => {
			const delivery = draft.message(found.messageId)?.outside?.delivery;
			if (!delivery) return 'not-found';
			if (receipt !== undefined) {
				if (draft.outside.isReceived(receipt)) return 'repeated';
				draft.outside.addReceipt({ key: receipt, receivedAt: draft.now });
			}
			const changed = report(delivery, said, draft.now);
			if (changed === undefined) return 'unchanged';
			draft.changeDelivery(changed, null);
			return 'changed';
		},
	});
}

async function find(
	{ domain, store }: Outbound,
	provider: string,
	messageId: string | undefined,
	providerMessageId: string | undefined,
) {
	if (messageId !== undefined) {
		const [found] = await domain.store.messagesWithConversations([messageId]);
		if (found !== undefined) return { conversationId: found.conversation.id, messageId };
	}
	return providerMessageId === undefined ? undefined : store.findByProviderId(provider, providerMessageId);
}
