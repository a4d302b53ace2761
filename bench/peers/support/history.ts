import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';
import type { Database } from './database.ts';
import { ConversationEntity, MembershipEntity, MessageEntity } from './entities.ts';
import type { Settings } from './settings.ts';

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
	createdAt: Date | number;
	clientMessageId: string | null;
	authorId: string;
	authorName: string;
}

/** Prepared statements and plain rows, the quickest read that the database offers here. */
export function rowHistory({ databaseUrl, poolSize }: Settings): History {
	return databaseUrl.startsWith('sqlite:')
		? sqliteRows(databaseUrl.slice('sqlite:'.length))
		: postgresqlRows(databaseUrl, poolSize);
}

const MEMBERSHIP = 'SELECT 1 FROM memberships WHERE conversation_id = $1 AND user_id = $2';
const CONVERSATION = `SELECT id, subject, last_sequence AS "lastSequence", created_at AS "createdAt"
	FROM conversations WHERE id = $1`;
const MESSAGES = `SELECT m.id, m.sequence, m.body, m.created_at AS "createdAt",
		m.client_message_id AS "clientMessageId", u.id AS "authorId", u.name AS "authorName"
	FROM messages m JOIN users u ON u.id = m.author_id
	WHERE m.conversation_id = $1 AND m.sequence < $2 ORDER BY m.sequence DESC LIMIT $3`;

function sqliteRows(file: string): History {
	const database = new BetterSqlite3(file, { readonly: true });
	const prepare = <Parameters extends unknown[], Row>(text: string) =>
		database.prepare<Parameters, Row>(text.replaceAll(/\$\d/g, '?'));
	const membership = prepare<[string, string], unknown>(MEMBERSHIP);
	const conversation = prepare<[string], ConversationView>(CONVERSATION);
	const messages = prepare<[string, number, number], MessageRow>(MESSAGES);
	return {
		conversation: (id, viewerId) => (membership.get(id, viewerId) ? conversation.get(id) : undefined),
		messages(conversationId, limit, before) {
			return messages.all(conversationId, before, limit).reverse().map(withAuthor);
		},
	};
}

function postgresqlRows(connectionString: string, max: number): History {
	const pool = new pg.Pool({ connectionString, max });
	const rows = async <Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]) =>
		(await pool.query<Row>({ name, text, values })).rows;
	return {
		async conversation(id, viewerId) {
			if ((await rows('membership', MEMBERSHIP, [id, viewerId])).length === 0) return undefined;
			return (await rows<ConversationView>('conversation', CONVERSATION, [id]))[0];
		},
		async messages(conversationId, limit, before) {
			const found = await rows<MessageRow>('messages', MESSAGES, [conversationId, before, limit]);
			return found.reverse().map(withAuthor);
		},
	};
}

function withAuthor({ authorId, authorName, ...row }: MessageRow): MessageView {
	return { ...row, author: { id: authorId, name: authorName } };
}
