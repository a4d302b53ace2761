import type { MikroORM } from '@mikro-orm/sql';
import { LRUCache } from 'lru-cache';
import { newId } from '../conversations/ids.ts';
import type { Page, PageRequest, UserCursor } from '../conversations/pages.ts';
import { StoreConflict, type UserStore } from '../conversations/store.ts';
import type { Role, User } from '../identity/viewer.ts';
import { cut } from './conversation-store.ts';
import type { Database } from './database.ts';
import { UserEntity } from './entities.ts';
import { containing } from './read.ts';
import { toUser } from './rows.ts';
import type { Queries } from './tables.ts';

type Claims = Pick<User, 'subject' | 'name' | 'role'>;

const RECENT_MS = 5_000;

/** Users by MikroORM's entities: they are few and change seldom. Who was just seen is kept in memory. */
export class MikroUserStore implements UserStore {
	readonly #orm: MikroORM;
	readonly #database: Database;
	readonly #seen = new LRUCache<string, User>({ max: 10_000, ttl: 60_000 });
	/** By id, for the authors of every page: another node's change of a name is seen some seconds late. */
	readonly #recent = new LRUCache<string, User>({ max: 10_000, ttl: RECENT_MS });

	constructor(orm: MikroORM, database: Database) {
		this.#orm = orm;
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
	async #write(claims: Claims): Promise<User> {
		const known = await this.bySubject(claims.subject);
		if (known && known.name === claims.name && known.role === claims.role) return known;
		try {
			return await this.#database.transact((db) => write(db, claims));
		} catch (error) {
			if (!(error instanceof StoreConflict)) throw error;
			// Another request of the same user was first.
			return this.#database.transact((db) => write(db, claims));
		}
	}

	async byIds(ids: readonly string[]): Promise<readonly User[]> {
		const known = ids.map((id) => this.#recent.get(id));
		const unknown = ids.filter((_, index) => known[index] === undefined);
		const found = known.filter((user) => user !== undefined);
		if (unknown.length === 0) return found;
		const { queries, statements } = this.#database;
		const build = () => queries.selectFrom('users').selectAll().where('id', 'in', unknown);
		const rows = await statements.rows(`users ${unknown.length}`, unknown, build);
		const read = rows.map(toUser);
		for (const user of read) this.#recent.set(user.id, user);
		return [...found, ...read];
	}

	async bySubject(subject: string): Promise<User | undefined> {
		const user = await this.#orm.em.fork().findOne(UserEntity, { subject });
		return user === null ? undefined : { id: user.id, subject, name: user.name, role: user.role as Role };
	}

	async search(text: string | undefined, page: PageRequest<UserCursor>): Promise<Page<User>> {
		const { after, before, fromEnd } = page;
		const { queries, dialect } = this.#database;
		const direction = fromEnd ? 'desc' : 'asc';
		let rows = queries.selectFrom('users').selectAll();
		if (text)
			rows = rows.where((eb) =>
				eb.or([containing('name', dialect, text), containing('subject', dialect, text)]),
			);
		for (const [cursor, side] of [[after, '>'] as const, [before, '<'] as const])
			if (cursor)
				rows = rows.where((eb) =>
					eb.or([
						eb('name', side, cursor.name),
						eb.and([eb('name', '=', cursor.name), eb('id', side, cursor.id)]),
					]),
				);
		const found = await dialect
			.first(rows.orderBy('name', direction).orderBy('id', direction), page.limit + 1)
			.execute();
		return cut(found.map(toUser), page);
	}

	async sharesConversation(userId: string, otherId: string): Promise<boolean> {
		const { queries, dialect } = this.#database;
		const shared = queries
			.selectFrom('memberships as own')
			.innerJoin('memberships as others', 'others.conversation_id', 'own.conversation_id')
			.select('own.conversation_id')
			.where('own.user_id', '=', userId)
			.where('own.left_at', 'is', null)
			.where('others.user_id', '=', otherId)
			.orderBy('own.conversation_id');
		return (await dialect.first(shared, 1).execute()).length > 0;
	}
}

async function write(db: Queries, { subject, name, role }: Claims): Promise<User> {
	const [known] = await db.selectFrom('users').selectAll().where('subject', '=', subject).execute();
	if (known !== undefined) {
		await db.updateTable('users').set({ name, role }).where('id', '=', known.id).execute();
		return { ...toUser(known), name, role };
	}
	const id = newId();
	await db.insertInto('users').values({ id, subject, name, role, created_at: new Date() }).execute();
	return { id, subject, name, role };
}
