import type { User } from '../identity/viewer.ts';
import type { DeliveryAttempt } from './outside.ts';
import type { ConversationStore, UserStore } from './store.ts';
import type { WriteQueue } from './write-queue.ts';

export type SendOutcome = 'stored' | 'repeated' | 'refused' | 'busy' | 'failed';

/** What the use cases work on. */
export interface Domain {
	readonly store: ConversationStore;
	readonly users: UserStore;
	readonly writes: WriteQueue;
	/** The attempts to deliver these messages, each message's by number. */
	readonly attempts: (messageIds: readonly string[]) => Promise<readonly DeliveryAttempt[]>;
	/** Which log this is: another one after a restore from a backup. As of the last look. */
	readonly epoch: () => string;
	/** Told how each send ended, for the metrics. */
	readonly observeSend: (outcome: SendOutcome) => void;
	/** Tells the followers of a conversation how far a member has read. */
	readonly announceRead: (conversationId: string, user: User, sequence: number) => void;
}
