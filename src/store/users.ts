import { LRUCache } from 'lru-cache';
import { newId } from '../conversations/ids.ts';
import type { Page, PageRequest, UserCursor } from '../conversations/pages.ts';
import type { UserStore } from '../conversations/store.ts';
import type { User } from '../identity/viewer.ts';
import { cut } from './conversation-store.ts';
import type { Database } from './database.ts';
import { sharedConversation, userBySubject, usersById, usersPage } from './read.ts';
import { repeatedly } from './repeat.ts';
import { toUser } from './rows.ts';
import type { Queries } from './tables.ts';

type Claims = Pick<User, 'subject' | 'name' | 'role'>;

const RECENT_MS = 5_000;

/** Users are few and change seldom: who was just seen is kept in memory. */
export class KyselyUserStore implements UserStore {
	readonly #database: Database;
	readonly #seen = new LRUCache<string, User>({ max: 10_000, ttl: 60_000 });
	/** By id, for the authors of every page: another node's change of a name is seen some seconds late. */
	readonly #recent = new LRUCache<string, User>({ max: 10_000, ttl: RECENT_MS });

	constructor(database: Database) {
		this.#database = database;
	}

	ensure(claims: Claims): User | Promise<User> {
		const seen = this.#seen.get(claims.subject);
		if (seen && seen.name === claims.name && seen.role === claims.role) return seen;
		return this.#write(claims).then((user) => {
			this.#seen.set(user.subject, user);
			this.#recent.set(user.id, user);
			return user;
		});
	}

	/** @throws StoreUnavailable */
	#write(claims: Claims): Promise<User> {
		return repeatedly(async () => {
			const known = await this.bySubject(claims.subject);
			if (known && known.name === claims.name && known.role === claims.role) return known;
			return this.#database.transact((db) => write(db, claims));
		});
	}

	/** Forgets whom it has seen: the database may not know them any more. */
	forget(): void {
		this.#seen.clear();
		this.#recent.clear();
	}

	async byIds(ids: readonly string[]): Promise<readonly User[]> {
		const known = ids.map((id) => this.#recent.get(id));
		const unknown = ids.filter((_, index) => known[index] === undefined);
		const found = known.filter((user) => user !== undefined);
		if (unknown.length === 0) return found;
		const { queries, statements } = this.#database;
		const build = () => usersById(queries, unknown);
		const rows = await statements.rows(`users ${unknown.length}`, unknown, build);
		const read = rows.map(toUser);
		for (const user of read) this.#recent.set(user.id, user);
		return [...found, ...read];
	}

	async bySubject(subject: string): Promise<User | undefined> {
		return find(this.#database.queries, subject);
	}

	async search(text: string | undefined, page: PageRequest<UserCursor>): Promise<Page<User>> {
		const { queries, dialect } = this.#database;
		const found = await usersPage(queries, dialect, text, page).execute();
		return cut(found.map(toUser), page);
	}

	async sharesConversation(userId: string, otherId: string): Promise<boolean> {
		const { queries, dialect } = this.#database;
		return (await sharedConversation(queries, dialect, userId, otherId).execute()).length > 0;
	}
}

/** SQL Server takes texts for equal that differ by blanks at their end. */
async function find(db: Queries, subject: string): Promise<User | undefined> {
	const rows = await userBySubject(db, subject).execute();
	return rows.map(toUser).find((user) => user.subject === subject);
}

async function write(db: Queries, { subject, name, role }: Claims): Promise<User> {
	const known = await find(db, subject);
	if (known !== undefined) {
		await db.updateTable('users').set({ name, role }).where('id', '=', known.id).execute();
		return { ...known, name, role };
	}
	const id = newId();
	await db.insertInto('users').values({ id, subject, name, role, created_at: new Date() }).execute();
	return { id, subject, name, role };
}
