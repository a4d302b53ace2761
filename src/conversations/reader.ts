import type { User } from '../identity/viewer.ts';
import type {
	Channel,
	Conversation,
	ConversationStatus,
	Membership,
	Message,
	Revision,
	Visibility,
} from './model.ts';
import type { Delivery, DeliveryAttempt } from './outside.ts';
import type { ActivityCursor, MemberCursor, Page, PageRequest, UserCursor } from './pages.ts';

export interface ConversationFilter {
	readonly status?: readonly ConversationStatus[];
	readonly channel?: readonly Channel[];
	readonly visibility?: Visibility;
	readonly closed?: boolean;
	/** Only those that this user is a present member of. */
	readonly memberId?: string;
	/** Text in the subject. */
	readonly search?: string;
}

/**
 * What one request reads: access decided, look-ups batched and kept for the request. A conversation is read no later
 * than anything else of it, so that following it from its lastSequence misses nothing.
 */
export interface Reader {
	/** Undefined: none, or not the viewer's to see. */
	conversation(id: string): Promise<Conversation | undefined>;
	/**
	 * Where a message that the viewer got was said; what a mutation answered with, as it answered it.
	 * @throws NotFoundError where the viewer may not see it. At once when it is known.
	 */
	ofMessage(message: Message): Conversation | Promise<Conversation>;
	/** The viewer's present one. */
	membership(conversation: Conversation): Promise<Membership | undefined>;
	unreadCount(conversation: Conversation): Promise<number>;
	/** By sequence. @throws NotFoundError, ForbiddenError without membership. */
	history(conversation: Conversation, page: PageRequest<number>): Promise<Page<Message>>;
	/** @throws NotFoundError, ForbiddenError without membership. */
	members(conversation: Conversation, page: PageRequest<MemberCursor>): Promise<Page<Membership>>;
	message(id: string): Promise<Message | undefined>;
	/** Earlier bodies, oldest first. @throws ForbiddenError unless staff. */
	revisions(message: Message): Promise<readonly Revision[]>;
	/** Of a message that the viewer got, oldest first: the newest LIMITS.shownAttempts. */
	attempts(delivery: Delivery): Promise<readonly DeliveryAttempt[]>;
	/** Author, actor or member of something that the viewer sees. At once when it is known. */
	user(id: string): User | Promise<User>;
	/** A user asked for by id: oneself, those of one's conversations, for staff all. */
	visibleUser(id: string): Promise<User | undefined>;
	/** @throws ForbiddenError unless staff, InvalidInputError. */
	users(search: string | undefined, page: PageRequest<UserCursor>): Promise<Page<User>>;
	/** @throws InvalidInputError for a text that is too long. */
	conversations(filter: ConversationFilter, page: PageRequest<ActivityCursor>): Promise<Page<Conversation>>;
	epoch(): string;
	/** From now on this request sees this state: what a mutation answered with. */
	remember(seen: {
		readonly conversation?: Conversation;
		readonly membership?: Membership;
		readonly message?: Message;
		readonly users?: readonly User[];
	}): void;
}
