import BetterSqlite3 from 'better-sqlite3';
import type { Database } from './database.ts';
import { ConversationEntity, MembershipEntity, MessageEntity } from './entities.ts';

export interface ConversationView {
	readonly id: string;
	readonly subject: string | null | undefined;
	readonly lastSequence: number;
	readonly createdAt: Date | number;
}

export interface MessageView {
	readonly id: string;
	readonly sequence: number;
	readonly body: string;
	readonly createdAt: Date | number;
	readonly clientMessageId?: string | null | undefined;
	readonly author: { readonly id: string; readonly name: string };
}

export interface History {
	/** Undefined when there is none, or the viewer is no member. */
	conversation(
		id: string,
		viewerId: string,
	): Promise<ConversationView | undefined> | ConversationView | undefined;
	/** The newest `limit` messages below sequence `before`, oldest first. */
	messages(conversationId: string, limit: number, before: number): Promise<MessageView[]> | MessageView[];
}

/** As an application of MikroORM reads: entities with their author populated. */
export function entityHistory(orm: Database): History {
	return {
		async conversation(id, viewerId) {
			const em = orm.em.fork();
			const membership = await em.findOne(MembershipEntity, { conversation: id, user: viewerId });
			return membership ? ((await em.findOne(ConversationEntity, id)) ?? undefined) : undefined;
		},
		async messages(conversationId, limit, before) {
			const where = { conversation: conversationId, sequence: { $lt: before } };
			const found = await orm.em.fork().find(MessageEntity, where, {
				populate: ['author'],
				// The quickest of its strategies here.
				strategy: 'select-in',
				orderBy: { sequence: 'desc' },
				limit,
			});
			return found.reverse();
		},
	};
}

interface MessageRow {
	id: string;
	sequence: number;
	body: string;
	createdAt: number;
	clientMessageId: string | null;
	authorId: string;
	authorName: string;
}

/** Prepared statements and plain rows, the quickest read that SQLite offers here. */
export function rowHistory(file: string): History {
	const database = new BetterSqlite3(file, { readonly: true });
	const membership = database
		.prepare<[string, string]>('SELECT 1 FROM memberships WHERE conversation_id = ? AND user_id = ?')
		.pluck();
	const conversation = database.prepare<[string], ConversationView>(
		`SELECT id, subject, last_sequence AS "lastSequence", created_at AS "createdAt"
		FROM conversations WHERE id = ?`,
	);
	const messages = database.prepare<[string, number, number], MessageRow>(
		`SELECT m.id, m.sequence, m.body, m.created_at AS "createdAt", m.client_message_id AS "clientMessageId",
			u.id AS "authorId", u.name AS "authorName"
		FROM messages m JOIN users u ON u.id = m.author_id
		WHERE m.conversation_id = ? AND m.sequence < ? ORDER BY m.sequence DESC LIMIT ?`,
	);
	return {
		conversation: (id, viewerId) => (membership.get(id, viewerId) ? conversation.get(id) : undefined),
		messages(conversationId, limit, before) {
			const rows = messages.all(conversationId, before, limit).reverse();
			return rows.map(({ authorId, authorName, ...row }) => ({
				...row,
				author: { id: authorId, name: authorName },
			}));
		},
	};
}
