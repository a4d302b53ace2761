import type { MikroORM } from '@mikro-orm/sql';
import type { DatabaseConfig } from '../config.ts';
import type { ConversationStore, UserStore } from '../conversations/store.ts';
import { KyselyConversationStore } from './conversation-store.ts';
import type { Dialect } from './dialect.ts';
import { openSqlite } from './sqlite.ts';
import type { Statements } from './statements.ts';
import type { Queries } from './tables.ts';
import { MikroUserStore } from './users.ts';

/** An open database, whichever it is. */
export interface Database {
	readonly orm: MikroORM;
	readonly dialect: Dialect;
	readonly statements: Statements;
	/** For single statements outside a transaction. */
	readonly queries: Queries;
	/** One transaction for writing; durable when it answers. @throws StoreConflict, StoreUnavailable, UnknownCommit */
	transact<T>(work: (db: Queries) => Promise<T>): Promise<T>;
	/** Several reads that see one state. */
	snapshot<T>(work: (db: Queries) => Promise<T>): Promise<T>;
	/** Answers when the database does. */
	ping(): Promise<void>;
	close(): Promise<void>;
}

export interface Store {
	readonly conversations: ConversationStore;
	readonly users: UserStore;
	readonly ping: () => Promise<void>;
	readonly close: () => Promise<void>;
}

/** Opens the configured database, brought up to date. @throws DatabaseError with a message for a person. */
export async function openStore(config: DatabaseConfig): Promise<Store> {
	const database = await openDatabase(config);
	return {
		conversations: new KyselyConversationStore(database),
		users: new MikroUserStore(database.orm, database),
		ping: () => database.ping(),
		close: () => database.close(),
	};
}

function openDatabase(config: DatabaseConfig): Promise<Database> {
	if (config.kind !== 'sqlite') throw new Error(`This version has no ${config.kind}.`);
	return openSqlite(config.file);
}
