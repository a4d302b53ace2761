import { LockMode, UniqueConstraintViolationException } from '@mikro-orm/core';
import type { Database } from './database.ts';
import {
	type Conversation,
	ConversationEntity,
	EventEntity,
	MembershipEntity,
	type Message,
	MessageEntity,
	type User,
	UserEntity,
} from './entities.ts';
import type { Claims } from './tokens.ts';

/** A user as it is handed around after its own unit of work ended. */
export type Viewer = Pick<User, 'id' | 'subject' | 'name' | 'role'>;

export interface SendInput {
	readonly conversationId: string;
	readonly body: string;
	readonly clientMessageId?: string | null;
}

/** Users are created at their first request and known from then on. */
export function createUsers(orm: Database): (claims: Claims) => Viewer | Promise<Viewer> {
	const known = new Map<string, Promise<Viewer> | Viewer>();
	const find = async ({ subject, name, role }: Claims): Promise<Viewer> => {
		const em = orm.em.fork();
		const found = await em.findOne(UserEntity, { subject });
		const user = found ?? em.create(UserEntity, { id: crypto.randomUUID(), subject, name, role });
		if (!found) await em.persist(user).flush();
		const viewer = { id: user.id, subject, name, role };
		known.set(subject, viewer);
		return viewer;
	};
	return (claims) => {
		const seen = known.get(claims.subject);
		if (seen) return seen;
		const finding = find(claims);
		known.set(claims.subject, finding);
		return finding;
	};
}

export async function createConversation(
	orm: Database,
	viewer: Viewer,
	input: { readonly subject?: string | null; readonly visibility?: string | null },
): Promise<Conversation> {
	return orm.em.fork().transactional(async (em) => {
		const now = new Date();
		const user = em.getReference(UserEntity, viewer.id);
		const conversation = em.create(ConversationEntity, {
			id: crypto.randomUUID(),
			subject: input.subject ?? null,
			visibility: input.visibility ?? 'PRIVATE',
			lastSequence: 1,
			createdAt: now,
			lastActivityAt: now,
		});
		em.create(MembershipEntity, { conversation, user, joinedAt: now });
		em.create(EventEntity, joined(conversation, user, now));
		return conversation;
	});
}

/** SELECT … FOR UPDATE, so that two sends do not take one sequence; on SQLite there is one writer anyway. */
const LOCKED = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;

/** Undefined when there is no such conversation that the viewer may join. */
export async function joinConversation(
	orm: Database,
	viewer: Viewer,
	conversationId: string,
): Promise<Conversation | undefined> {
	return orm.em.fork().transactional(async (em) => {
		const where = { id: conversationId, visibility: 'OPEN' };
		const conversation = await em.findOne(ConversationEntity, where, LOCKED);
		if (!conversation) return undefined;
		const user = em.getReference(UserEntity, viewer.id);
		if (await em.findOne(MembershipEntity, { conversation, user })) return conversation;
		const now = new Date();
		conversation.lastSequence += 1;
		em.create(MembershipEntity, { conversation, user, joinedAt: now });
		em.create(EventEntity, joined(conversation, user, now));
		return conversation;
	});
}

function joined(conversation: Conversation, actor: User, occurredAt: Date) {
	const { lastSequence: sequence } = conversation;
	return { id: crypto.randomUUID(), conversation, sequence, type: 'MemberJoined', occurredAt, actor };
}

/**
 * One transaction with one flush: the conversation's sequence, the message and its event.
 * Undefined without membership. A key seen before gives its first message.
 */
export async function sendMessage(
	orm: Database,
	viewer: Viewer,
	input: SendInput,
): Promise<Message | undefined> {
	const { conversationId, body, clientMessageId = null } = input;
	try {
		return await orm.em.fork().transactional(async (em) => {
			const conversation = await em.findOne(ConversationEntity, conversationId, LOCKED);
			const membership = await em.findOne(MembershipEntity, {
				conversation: conversationId,
				user: viewer.id,
			});
			if (!conversation || !membership) return undefined;
			const now = new Date();
			const author = em.getReference(UserEntity, viewer.id);
			conversation.lastSequence += 1;
			conversation.lastActivityAt = now;
			const { lastSequence: sequence } = conversation;
			const id = crypto.randomUUID();
			const message = em.create(MessageEntity, {
				id,
				conversation,
				sequence,
				author,
				body,
				createdAt: now,
				clientMessageId,
			});
			em.create(EventEntity, {
				id: crypto.randomUUID(),
				conversation,
				sequence,
				type: 'MessageSent',
				occurredAt: now,
				actor: author,
				message,
			});
			return message;
		});
	} catch (error) {
		if (!(error instanceof UniqueConstraintViolationException) || clientMessageId === null) throw error;
		const key = { conversation: conversationId, author: viewer.id, clientMessageId };
		return (await orm.em.fork().findOne(MessageEntity, key)) ?? undefined;
	}
}
