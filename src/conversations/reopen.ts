import type { User } from '../identity/viewer.ts';
import type { Draft } from './draft.ts';

/** What is said in a conversation that was resolved opens it again. `actor` is null for somebody outside. */
export function reopen(draft: Draft, actor: User | null): void {
	const { conversation } = draft;
	if (conversation?.status === 'RESOLVED')
		draft.changeConversation({ ...conversation, status: 'OPEN' }, actor);
}
