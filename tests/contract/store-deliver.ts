import { NOBODY, newId } from '../../src/conversations/ids.ts';
import type { Conversation } from '../../src/conversations/model.ts';
import type { Attachment, Delivery } from '../../src/conversations/outside.ts';
import type { Changes, ConversationStore } from '../../src/conversations/store.ts';
import { deliveryOf, goingOut } from '../support/outside.ts';
import { append, NO_CHANGES } from './store-append.ts';

interface Stored {
	readonly conversations: ConversationStore;
}

/** A conversation without a log, which somebody outside began. */
export async function conversationFor(stored: Stored): Promise<string> {
	const id = newId();
	const now = new Date();
	const conversation: Conversation = {
		id,
		subject: null,
		channel: 'SMS',
		status: 'OPEN',
		visibility: 'PRIVATE',
		creatorId: NOBODY,
		lastSequence: 0,
		createdAt: now,
		lastActivityAt: now,
		closedAt: null,
	};
	await change(stored, id, { newConversations: [conversation] });
	return id;
}

const UNBORN = { id: '', conversationId: '', sequence: 0 };

/** Writes messages that go out, each with a delivery as it is given, past every use case; answers with the deliveries. */
export async function deliver(
	stored: Stored,
	conversationId: string,
	deliveries: readonly Partial<Delivery>[],
	attachments: readonly Attachment[] = [],
): Promise<readonly Delivery[]> {
	const messages = deliveries.map((more) => ({
		channel: more.channel ?? 'SMS',
		outside: goingOut(deliveryOf(UNBORN, more), attachments),
	}));
	const written = await append(stored, conversationId, messages);
	return written.flatMap(({ outside }) => outside?.delivery ?? []);
}

/** Changes what it is told, and nothing of the log. */
export function change(
	{ conversations }: Stored,
	conversationId: string,
	changes: Partial<Changes>,
): Promise<void> {
	return conversations.transact(async (transaction) => {
		await transaction.lock([conversationId]);
		await transaction.save({ ...NO_CHANGES, ...changes });
	});
}
