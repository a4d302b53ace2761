import DataLoader from 'dataloader';
import { isStaff, type User, type Viewer } from '../identity/viewer.ts';
import { accessTo, isPresent, requireStaff, seesNotes } from './access.ts';
import type { Domain } from './domain.ts';
import { ForbiddenError, NotFoundError } from './errors.ts';
import { checkText } from './input.ts';
import { LIMITS } from './limits.ts';
import type { Conversation, Membership, Message, Revision } from './model.ts';
import type { Delivery, DeliveryAttempt } from './outside.ts';
import type { ActivityCursor, MemberCursor, Page, PageRequest, UserCursor } from './pages.ts';
import type { ConversationFilter, Reader } from './reader.ts';

/** What was read is kept by the reader itself. A batch is one statement, and SQL Server takes 2,100 parameters. */
const LOADING = { cache: false, maxBatchSize: 500 };

/** The reader of one request over the store. `admitted` is a conversation whose access is decided elsewhere: a follower's. */
export class RequestReader implements Reader {
	readonly #domain: Domain;
	readonly #user: User;
	readonly #admitted: string | undefined;
	/** As they were first read in this request, or last answered by a mutation. */
	readonly #conversations = new Map<string, Conversation | undefined>();
	/** What the last mutation answered with: what the viewer may see of it was decided in its transaction. */
	#answered: Conversation | undefined;
	readonly #users = new Map<string, User>();
	readonly #memberships = new Map<string, Membership | undefined>();
	readonly #messages = new Map<string, Message>();

	/** Made when first used: most requests use one or none of them. */
	readonly #conversationLoader = once(
		() =>
			new DataLoader(async (ids: readonly string[]) => {
				for (const { conversation, membership } of await this.#domain.store.conversations(
					ids,
					this.#user.id,
				)) {
					this.#keep(conversation);
					if (!this.#memberships.has(conversation.id)) this.#memberships.set(conversation.id, membership);
				}
				return ids.map((id) => this.#conversations.get(id));
			}, LOADING),
	);
	readonly #membershipLoader = once(
		() =>
			new DataLoader(async (ids: readonly string[]) => {
				const found = await this.#domain.store.memberships(
					ids.map((conversationId) => ({ conversationId, userId: this.#user.id })),
				);
				const byId = new Map(found.map((membership) => [membership.conversationId, membership]));
				for (const id of ids) this.#memberships.set(id, byId.get(id));
				return ids.map((id) => byId.get(id));
			}, LOADING),
	);
	readonly #messageLoader = once(
		() =>
			new DataLoader(async (ids: readonly string[]) => {
				for (const { message, conversation } of await this.#domain.store.messagesWithConversations(ids)) {
					this.#messages.set(message.id, message);
					this.#keep(conversation);
				}
				return ids.map((id) => this.#messages.get(id));
			}, LOADING),
	);
	readonly #unreadLoader = once(
		() =>
			new DataLoader(async (memberships: readonly Membership[]) => {
				const counts = await this.#domain.store.unreadCounts(memberships, this.#user.id);
				return memberships.map(({ conversationId }) => counts.get(conversationId) ?? 0);
			}, LOADING),
	);
	readonly #userLoader = once(
		() =>
			new DataLoader(async (ids: readonly string[]) => {
				await this.#meet(ids);
				return ids.map((id) => this.#users.get(id) ?? new Error(`There is no user ${id}.`));
			}, LOADING),
	);

	readonly #attemptsLoader = once(
		() =>
			new DataLoader(async (ids: readonly string[]) => {
				const found = Map.groupBy(await this.#domain.attempts(ids), ({ messageId }) => messageId);
				return ids.map((id) => found.get(id) ?? []);
			}, LOADING),
	);

	constructor(domain: Domain, viewer: Viewer, admitted?: string) {
		this.#domain = domain;
		this.#user = viewer.user;
		this.#admitted = admitted;
		this.#users.set(viewer.user.id, viewer.user);
	}

	async conversation(id: string): Promise<Conversation | undefined> {
		const known = this.#conversations.has(id)
			? this.#conversations.get(id)
			: await this.#conversationLoader().load(id);
		if (known === undefined) return undefined;
		return (await this.#access(known)) === 'none' ? undefined : known;
	}

	ofMessage(message: Message): Conversation | Promise<Conversation> {
		const known = this.#conversations.get(message.conversationId);
		if (known !== undefined && (known === this.#answered || this.#isAdmitted(known))) return known;
		return this.conversation(message.conversationId).then((conversation) => {
			if (conversation === undefined) throw new NotFoundError('conversation');
			return conversation;
		});
	}

	async membership(conversation: Conversation): Promise<Membership | undefined> {
		const membership = await this.#membership(conversation.id);
		return isPresent(membership) ? membership : undefined;
	}

	async unreadCount(conversation: Conversation): Promise<number> {
		const membership = await this.membership(conversation);
		return membership === undefined ? 0 : this.#unreadLoader().load(membership);
	}

	async history(conversation: Conversation, page: PageRequest<number>): Promise<Page<Message>> {
		await this.#requireFull(conversation);
		const memberId = this.#isAdmitted(conversation) ? undefined : this.#user.id;
		const sight = { notes: seesNotes(this.#user), ...(memberId !== undefined && { memberId }) };
		const found = await this.#domain.store.history(conversation.id, sight, page);
		// Either there is nothing, or the membership has ended since it was read.
		if (found.rows.length === 0) await this.#requireStillFull(conversation);
		await this.#meet(found.rows.map((message) => message.authorId));
		return found;
	}

	async members(conversation: Conversation, page: PageRequest<MemberCursor>): Promise<Page<Membership>> {
		await this.#requireFull(conversation);
		const found = await this.#domain.store.members(conversation.id, page);
		await this.#requireStillFull(conversation);
		await this.#meet(found.rows.map((membership) => membership.userId));
		return found;
	}

	async message(id: string): Promise<Message | undefined> {
		const message = this.#messages.get(id) ?? (await this.#messageLoader().load(id));
		if (message === undefined || (message.internal && !seesNotes(this.#user))) return undefined;
		const conversation = await this.conversation(message.conversationId);
		return conversation && (await this.#access(conversation)) === 'full' ? message : undefined;
	}

	async revisions(message: Message): Promise<readonly Revision[]> {
		requireStaff(this.#user);
		return message.editCount === 0 ? [] : this.#domain.store.revisions(message.id);
	}

	async attempts(delivery: Delivery): Promise<readonly DeliveryAttempt[]> {
		if (delivery.attempts === 0) return [];
		return (await this.#attemptsLoader().load(delivery.messageId)).slice(-LIMITS.shownAttempts);
	}

	user(id: string): User | Promise<User> {
		return this.#users.get(id) ?? this.#userLoader().load(id);
	}

	async visibleUser(id: string): Promise<User | undefined> {
		const isVisible =
			isStaff(this.#user) ||
			id === this.#user.id ||
			(await this.#domain.users.sharesConversation(this.#user.id, id));
		if (!isVisible) return undefined;
		const [user] = await this.#domain.users.byIds([id]);
		return user;
	}

	async users(search: string | undefined, page: PageRequest<UserCursor>): Promise<Page<User>> {
		requireStaff(this.#user);
		if (search !== undefined) checkText('search', search, LIMITS.searchCharacters);
		// A cursor comes from the caller: its name may be one that no user can have.
		for (const side of ['after', 'before'] as const)
			if (page[side]) checkText(side, page[side].name, LIMITS.userNameCharacters);
		return this.#domain.users.search(search, page);
	}

	async conversations(
		filter: ConversationFilter,
		page: PageRequest<ActivityCursor>,
	): Promise<Page<Conversation>> {
		if (filter.search !== undefined) checkText('search', filter.search, LIMITS.searchCharacters);
		const memberId = isStaff(this.#user) ? undefined : this.#user.id;
		const found = await this.#domain.store.listConversations(filter, memberId, page);
		for (const conversation of found.rows)
			if (!this.#conversations.has(conversation.id)) this.#conversations.set(conversation.id, conversation);
		return found;
	}

	epoch(): string {
		return this.#domain.epoch();
	}

	remember(seen: Parameters<Reader['remember']>[0]): void {
		const { conversation, membership, message, users = [] } = seen;
		if (conversation) {
			this.#conversations.set(conversation.id, conversation);
			this.#answered = conversation;
		}
		if (membership) {
			if (membership.userId === this.#user.id) this.#memberships.set(membership.conversationId, membership);
		} else if (conversation) this.#memberships.delete(conversation.id);
		if (message) this.#messages.set(message.id, message);
		for (const user of users) this.#users.set(user.id, user);
	}

	/** Access that needs no look at the membership. */
	#isAdmitted(conversation: Conversation): boolean {
		return isStaff(this.#user) || conversation.id === this.#admitted;
	}

	async #access(conversation: Conversation) {
		if (this.#isAdmitted(conversation)) return 'full';
		return accessTo(this.#user, conversation, await this.#membership(conversation.id));
	}

	async #requireFull(conversation: Conversation): Promise<void> {
		const access = await this.#access(conversation);
		if (access === 'none') throw new NotFoundError('conversation');
		if (access === 'outline') throw new ForbiddenError('Join the conversation first.');
	}

	/**
	 * The membership was read before the page, in another snapshot: one who was removed in between must not see what was
	 * said since. So a page is shown only to who is a member after it was read.
	 */
	async #requireStillFull(conversation: Conversation): Promise<void> {
		if (this.#isAdmitted(conversation)) return;
		await this.#membershipLoader().load(conversation.id);
		await this.#requireFull(conversation);
	}

	async #membership(conversationId: string): Promise<Membership | undefined> {
		if (this.#memberships.has(conversationId)) return this.#memberships.get(conversationId);
		return this.#membershipLoader().load(conversationId);
	}

	/** Reads the users that are not known yet, so that `user` answers at once. */
	async #meet(ids: readonly (string | null)[]): Promise<void> {
		const unknown = new Set(ids.filter((id) => id !== null && !this.#users.has(id)));
		if (unknown.size === 0) return;
		for (const user of await this.#domain.users.byIds([...unknown] as string[]))
			this.#users.set(user.id, user);
	}

	/** The first reading stands: what else was read of the conversation is no older than it. */
	#keep(conversation: Conversation): void {
		if (this.#conversations.get(conversation.id) === undefined)
			this.#conversations.set(conversation.id, conversation);
	}
}

function once<Value>(make: () => Value): () => Value {
	let made: Value | undefined;
	return () => {
		made ??= make();
		return made;
	};
}
