import type { User } from '../identity/viewer.ts';
import { accessTo, requireMessage } from './access.ts';
import type { Domain } from './domain.ts';
import type { Draft } from './draft.ts';
import { NotFoundError } from './errors.ts';
import type { Conversation, StoredMessage } from './model.ts';

/** Which conversation to lock for a message. Says nothing of access, which is decided under the lock. */
export async function findConversationOf(domain: Domain, messageId: string): Promise<string> {
	const [found] = await domain.store.messagesWithConversations([messageId]);
	if (found === undefined) throw new NotFoundError('message');
	return found.conversation.id;
}

/** A message of a locked conversation. @throws NotFoundError, the same for one hidden, however it is hidden. */
export function requireVisibleMessage(
	draft: Draft,
	user: User,
	messageId: string,
): { conversation: Conversation; message: StoredMessage } {
	const message = requireMessage(user, draft.message(messageId));
	const { conversation } = draft;
	if (conversation === undefined || accessTo(user, conversation, draft.membership(user.id)) !== 'full')
		throw new NotFoundError('message');
	return { conversation, message };
}
