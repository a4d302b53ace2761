import type {
	Delivery,
	DeliveryAttempt,
	Incoming,
	Outside,
	Thread,
} from '../../src/conversations/outside.ts';

/** What messages have outside, for parts that take it from elsewhere. */
export function deliveryOf(
	message: { readonly id: string; readonly conversationId: string; readonly sequence: number },
	more: Partial<Delivery> = {},
): Delivery {
	return {
		messageId: message.id,
		conversationId: message.conversationId,
		sequence: message.sequence,
		channel: 'SMS',
		status: 'QUEUED',
		from: '+11234567890',
		to: '+10987654321',
		requestedAt: new Date(1),
		provider: null,
		attempts: 0,
		tries: 0,
		nextAttemptAt: new Date(2),
		leaseUntil: null,
		providerMessageId: null,
		error: null,
		uncertain: false,
		updatedAt: new Date(2),
		...more,
	};
}

export function incomingOf(more: Partial<Incoming> = {}): Incoming {
	return {
		contactAddress: '+10987654321',
		ownAddress: '+11234567890',
		provider: 'webhook',
		providerMessageId: 'in-1',
		sentAt: new Date(1),
		...more,
	};
}

export function goingOut(delivery: Delivery, attachments: Outside['attachments'] = []): Outside {
	return { delivery, incoming: null, attachments };
}

export function attemptOf(messageId: string, more: Partial<DeliveryAttempt> = {}): DeliveryAttempt {
	return {
		messageId,
		number: 1,
		provider: 'webhook',
		startedAt: new Date(3),
		durationMs: null,
		httpStatus: null,
		outcome: 'UNKNOWN',
		...more,
	};
}

export function threadOf(conversationId: string, more: Partial<Thread> = {}): Thread {
	return {
		pairKey: 'p'.repeat(43),
		generation: 1,
		conversationId,
		family: 'PHONE',
		ownAddress: '+11234567890',
		contactAddress: '+10987654321',
		...more,
	};
}
