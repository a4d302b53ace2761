/** What the service promises, as plain as can be: a conversation is the fold of its log. Nothing here is the service's code. */

export const CUSTOMERS = ['Cy', 'Dee'] as const;
export const AGENTS = ['Ann', 'Bob'] as const;
/** Follows everything from the beginning, as an agent, and writes last of all. */
export const AUDITOR = 'Audit';
export const USERS = [...CUSTOMERS, ...AGENTS] as const;
export type UserName = (typeof USERS)[number] | typeof AUDITOR;

export type Action =
	| { readonly kind: 'join' | 'leave'; readonly user: UserName }
	| { readonly kind: 'add' | 'remove'; readonly user: UserName; readonly target: UserName }
	| SendAction
	| { readonly kind: 'edit'; readonly user: UserName; readonly message: string; readonly body: string }
	| { readonly kind: 'delete'; readonly user: UserName; readonly message: string }
	| { readonly kind: 'markRead'; readonly user: UserName; readonly sequence: number };

export interface SendAction {
	readonly kind: 'send';
	readonly user: UserName;
	readonly body: string;
	readonly key?: string;
	readonly replyTo?: string;
	readonly internal?: boolean;
}

export interface ModelEvent {
	readonly sequence: number;
	readonly type: string;
	readonly actor: UserName;
	readonly message: string | undefined;
	readonly member: UserName | undefined;
	readonly internal: boolean;
}

interface Member {
	present: boolean;
	marker: number;
	removed: boolean;
}

export interface ModelMessage {
	readonly id: string;
	readonly sequence: number;
	readonly author: UserName;
	readonly internal: boolean;
	readonly sent: SendAction;
	/** Every state that it was in, from the event on that brought it about. */
	readonly states: { readonly sequence: number; readonly body: string; readonly deleted: boolean }[];
}

export interface ModelConversation {
	readonly id: string;
	readonly creator: UserName;
	readonly isOpen: boolean;
	readonly log: ModelEvent[];
	readonly members: Map<UserName, Member>;
	readonly messages: Map<string, ModelMessage>;
}

/** `refusal`: the type of the error. `message`: the one that the answer shows. */
export type Outcome = { readonly refusal?: string; readonly message?: ModelMessage };

export function isAgent(user: UserName): boolean {
	return user === AUDITOR || (AGENTS as readonly UserName[]).includes(user);
}

export function isPresent(conversation: ModelConversation, user: UserName): boolean {
	return conversation.members.get(user)?.present === true;
}

export function mayRead(conversation: ModelConversation, user: UserName): boolean {
	return isAgent(user) || isPresent(conversation, user);
}

/** Whether the user could read when the log ended at this sequence. */
export function couldReadAt({ log }: ModelConversation, user: UserName, sequence: number): boolean {
	const last = log.findLast((event) => event.sequence <= sequence && event.member === user);
	return isAgent(user) || last?.type === 'MemberJoined';
}

export function maySee(user: UserName, { internal }: { readonly internal: boolean }): boolean {
	return isAgent(user) || !internal;
}

export function stateOf(message: ModelMessage) {
	return message.states.at(-1) ?? { sequence: 0, body: '', deleted: true };
}

export function unreadCount(conversation: ModelConversation, user: UserName): number {
	const member = conversation.members.get(user);
	if (!member?.present) return 0;
	return [...conversation.messages.values()].filter(
		(message) =>
			message.author !== user &&
			message.sequence > member.marker &&
			!message.internal &&
			!stateOf(message).deleted,
	).length;
}

export function createConversation(
	id: string,
	creator: UserName,
	isOpen: boolean,
	members: readonly UserName[],
): ModelConversation {
	const conversation: ModelConversation = {
		id,
		creator,
		isOpen,
		log: [],
		members: new Map(),
		messages: new Map(),
	};
	append(conversation, 'ConversationChanged', creator, {});
	join(conversation, creator, creator, 1);
	for (const member of members) join(conversation, creator, member);
	return conversation;
}

/** Does it, in place, or says with which error it is refused. `messageId` is what a send gives its message. */
export function perform(conversation: ModelConversation, action: Action, messageId = ''): Outcome {
	switch (action.kind) {
		case 'join':
			return performJoin(conversation, action.user);
		case 'leave': {
			const known = conversation.members.has(action.user) || isAgent(action.user) || conversation.isOpen;
			if (!known) return { refusal: 'NotFoundError' };
			leave(conversation, action.user, action.user);
			return {};
		}
		case 'add':
		case 'remove':
			return manage(conversation, action);
		case 'send':
			return send(conversation, action, messageId);
		case 'edit':
		case 'delete':
			return change(conversation, action);
		case 'markRead': {
			const refusal = requireRead(conversation, action.user);
			if (refusal) return { refusal };
			const member = conversation.members.get(action.user);
			if (!member?.present) return { refusal: 'ForbiddenError' };
			member.marker = Math.max(member.marker, Math.min(action.sequence, conversation.log.length));
			return {};
		}
	}
}

function append(
	conversation: ModelConversation,
	type: string,
	actor: UserName,
	of: { readonly message?: ModelMessage; readonly member?: UserName },
): void {
	conversation.log.push({
		sequence: conversation.log.length + 1,
		type,
		actor,
		message: of.message?.id,
		member: of.member,
		internal: of.message?.internal ?? false,
	});
}

function join(conversation: ModelConversation, actor: UserName, user: UserName, marker?: number): void {
	const before = conversation.members.get(user);
	if (before?.present) return;
	append(conversation, 'MemberJoined', actor, { member: user });
	const first = marker ?? conversation.log.length;
	conversation.members.set(user, { present: true, marker: before?.marker ?? first, removed: false });
}

function leave(conversation: ModelConversation, actor: UserName, user: UserName): void {
	const member = conversation.members.get(user);
	if (!member?.present) return;
	append(conversation, 'MemberLeft', actor, { member: user });
	conversation.members.set(user, { ...member, present: false, removed: actor !== user });
}

function requireRead(conversation: ModelConversation, user: UserName): string | undefined {
	if (mayRead(conversation, user)) return undefined;
	return conversation.isOpen ? 'ForbiddenError' : 'NotFoundError';
}

function performJoin(conversation: ModelConversation, user: UserName): Outcome {
	const member = conversation.members.get(user);
	if (!mayRead(conversation, user)) {
		if (!conversation.isOpen) return { refusal: 'NotFoundError' };
		if (member?.removed) return { refusal: 'ForbiddenError' };
	}
	join(conversation, user, user);
	return {};
}

function manage(
	conversation: ModelConversation,
	{ kind, user, target }: Extract<Action, { kind: 'add' | 'remove' }>,
): Outcome {
	const refusal = requireRead(conversation, user);
	if (refusal) return { refusal };
	if (!isAgent(user) && conversation.creator !== user) return { refusal: 'ForbiddenError' };
	if (kind === 'add') join(conversation, user, target);
	else if (conversation.members.has(target)) leave(conversation, user, target);
	else return { refusal: 'NotFoundError' };
	return {};
}

function send(conversation: ModelConversation, action: SendAction, id: string): Outcome {
	const { user, body, key, replyTo } = action;
	const first = [...conversation.messages.values()].find(
		(message) => key !== undefined && message.author === user && message.sent.key === key,
	);
	if (first) {
		const internal = action.internal ?? (replyTo !== undefined && first.internal);
		const same = first.sent.body === body && first.sent.replyTo === replyTo && first.internal === internal;
		return same ? { message: first } : { refusal: 'IdempotencyConflictError' };
	}
	const refusal = requireRead(conversation, user);
	if (refusal) return { refusal };
	if (action.internal && !isAgent(user)) return { refusal: 'ForbiddenError' };
	const target = replyTo === undefined ? undefined : conversation.messages.get(replyTo);
	if (replyTo !== undefined && (target === undefined || !maySee(user, target)))
		return { refusal: 'InvalidInputError' };
	if (target?.internal && action.internal === false) return { refusal: 'InvalidInputError' };
	join(conversation, user, user);
	const sequence = conversation.log.length + 1;
	const message: ModelMessage = {
		id,
		sequence,
		author: user,
		internal: target?.internal || action.internal === true,
		sent: action,
		states: [{ sequence, body, deleted: false }],
	};
	conversation.messages.set(id, message);
	append(conversation, 'MessageSent', user, { message });
	return { message };
}

function change(
	conversation: ModelConversation,
	action: Extract<Action, { kind: 'edit' | 'delete' }>,
): Outcome {
	const { user } = action;
	const message = conversation.messages.get(action.message);
	if (message === undefined || !mayRead(conversation, user) || !maySee(user, message))
		return { refusal: 'NotFoundError' };
	const mayChange = message.author === user || (action.kind === 'delete' && isAgent(user));
	if (!mayChange) return { refusal: 'ForbiddenError' };
	const now = stateOf(message);
	const isEdit = action.kind === 'edit';
	if (now.deleted) return isEdit ? { refusal: 'InvalidInputError' } : { message };
	if (isEdit && now.body === action.body) return { message };
	append(conversation, isEdit ? 'MessageEdited' : 'MessageDeleted', user, { message });
	const sequence = conversation.log.length;
	message.states.push({ sequence, body: isEdit ? action.body : '', deleted: !isEdit });
	return { message };
}
