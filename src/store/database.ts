import type { DatabaseConfig, ServerDatabaseConfig } from '../config.ts';
import type { ConversationStore, UserStore } from '../conversations/store.ts';
import type { OutboundStore } from '../outbound/store.ts';
import type { WebhookStore } from '../webhooks/store.ts';
import { KyselyConversationStore } from './conversation-store.ts';
import type { Dialect } from './dialect.ts';
import { KyselyOutboundStore } from './outbound-store.ts';
import { openServerDatabase, type Server } from './server-database.ts';
import { readDatabaseId } from './settings.ts';
import { openSqlite, openSqliteBeside } from './sqlite.ts';
import type { Statements } from './statements.ts';
import type { Queries } from './tables.ts';
import { requireWhole } from './transfer/progress.ts';
import { KyselyUserStore } from './users.ts';
import { KyselyWebhookStore } from './webhook-store.ts';

/** An open database, whichever it is. */
export interface Database {
	readonly dialect: Dialect;
	readonly statements: Statements;
	/** For single statements outside a transaction. */
	readonly queries: Queries;
	/** One transaction for writing; durable when it answers. @throws StoreConflict, StoreUnavailable, UnknownCommit */
	transact<T>(work: (db: Queries) => Promise<T>): Promise<T>;
	/** Answers when the database does. */
	ping(): Promise<void>;
	close(): Promise<void>;
}

export interface Store {
	/** Which database this is: another one has another. */
	readonly id: string;
	readonly conversations: ConversationStore;
	readonly users: UserStore;
	readonly outbound: OutboundStore;
	readonly webhooks: WebhookStore;
	readonly ping: () => Promise<void>;
	readonly close: () => Promise<void>;
}

/** What is told of a database on a server, while it is opened and later. */
export interface Notices {
	/** The server does not answer yet; it is asked again in some `waitMs`. */
	waiting(server: string, reason: string, waitMs: number): void;
	/** What an operator should mend. */
	warn(message: string): void;
	/** The open database is not to be had any more: requests are refused until it is. */
	lost?(server: string, reason: string): void;
	back?(server: string, awayMs: number): void;
}

/**
 * Opens the configured database; a server that is away is waited for.
 * @throws DatabaseError with a message for a person, also when its tables are not this version's.
 */
export async function openStore(config: DatabaseConfig, notices: Notices): Promise<Store> {
	return storeOn(await openDatabase(config, notices));
}

/**
 * The same for a command, beside the services that use the database; a server that is away is waited for, `patienceMs` at
 * most. The tables must be this version's: nothing is migrated.
 * @throws DatabaseError with a message for a person.
 */
export async function openStoreBeside(
	config: DatabaseConfig,
	notices: Notices,
	patienceMs: number,
): Promise<Store> {
	if (config.kind === 'sqlite') return storeOn(await openSqliteBeside(config));
	const server = await serverOf(config);
	return storeOn(await openServerDatabase(server, { ...config, migrate: false }, notices, patienceMs));
}

async function storeOn(database: Database): Promise<Store> {
	const id = await identify(database).catch(async (error: unknown) => {
		await database.close();
		throw error;
	});
	const users = new KyselyUserStore(database);
	return {
		id,
		conversations: new KyselyConversationStore(database, () => users.forget()),
		users,
		outbound: new KyselyOutboundStore(database),
		webhooks: new KyselyWebhookStore(database),
		ping: () => database.ping(),
		close: () => database.close(),
	};
}

async function identify({ queries }: Database): Promise<string> {
	await requireWhole(queries);
	return readDatabaseId(queries);
}

/** Its driver is loaded only now: with the others it would be half the time that a start takes. */
export async function serverOf({ kind }: ServerDatabaseConfig): Promise<Server> {
	return kind === 'mssql' ? (await import('./mssql.ts')).mssql : (await import('./postgresql.ts')).postgresql;
}

/** As `openStore`, without the stores. */
export async function openDatabase(config: DatabaseConfig, notices: Notices): Promise<Database> {
	if (config.kind === 'sqlite') return openSqlite(config);
	return openServerDatabase(await serverOf(config), config, notices);
}
