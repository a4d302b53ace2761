import type { Database } from './database.ts';
import { repeatedly } from './repeat.ts';
import { instant, instantOrNull, type Row } from './rows.ts';
import type { Queries } from './tables.ts';
import { type TurnsWanted, takeTurns, turnToDate } from './turns.ts';

type LimitRow = Row<'provider_limits'>;

/**
 * What all nodes share of a provider: its next free turn, and until when it is paused. Each change is one short
 * transaction that locks the provider's row.
 */
export class ProviderLimits {
	readonly #database: Database;

	constructor(database: Database) {
		this.#database = database;
	}

	/** See `OutboundStore`. */
	async reserveTurns(provider: string, wanted: TurnsWanted): Promise<readonly Date[]> {
		if (wanted.count <= 0) return [];
		return this.#locked(provider, async (db, row) => {
			const { turns, next } = takeTurns(nextMicros(row) ?? 0, wanted);
			const last = { next_turn_at: new Date(Math.floor(next / 1000)), next_turn_micros: next % 1000 };
			if (turns.length > 0)
				await db.updateTable('provider_limits').set(last).where('provider', '=', provider).execute();
			return turns.map(turnToDate);
		});
	}

	/** See `OutboundStore`. */
	pause(provider: string, until: Date): Promise<void> {
		return this.#locked(provider, async (db, row) => {
			const present = instantOrNull(row.paused_until);
			if (present !== null && present >= until) return;
			await db
				.updateTable('provider_limits')
				.set({ paused_until: until })
				.where('provider', '=', provider)
				.execute();
		});
	}

	/** See `OutboundStore`. */
	async pauses(): Promise<ReadonlyMap<string, Date>> {
		const { queries, statements } = this.#database;
		const rows = await statements.rows('pauses', [], () =>
			queries
				.selectFrom('provider_limits')
				.select(['provider', 'paused_until'])
				.where('paused_until', 'is not', null),
		);
		return new Map(rows.map((row) => [row.provider, instant(row.paused_until)]));
	}

	/** See `OutboundStore`. */
	async nextTurnAt(provider: string): Promise<Date | undefined> {
		const { queries, statements } = this.#database;
		const build = () => queries.selectFrom('provider_limits').selectAll().where('provider', '=', provider);
		const [row] = await statements.rows('next turn', [provider], build);
		const next = row === undefined ? undefined : nextMicros(row);
		return next === undefined ? undefined : turnToDate(next);
	}

	/** Runs `work` with the provider's row, which nobody else changes meanwhile. */
	#locked<T>(provider: string, work: (db: Queries, row: LimitRow) => Promise<T>): Promise<T> {
		return repeatedly(() =>
			this.#database.transact(async (db) => {
				const { rows } = await db.executeQuery(
					this.#database.dialect.lockRows(db, 'provider_limits', [provider]),
				);
				return work(db, rows[0] ?? (await insertLimits(db, provider)));
			}),
		);
	}
}

/** @throws StoreConflict where another node did so just now. */
async function insertLimits(db: Queries, provider: string): Promise<LimitRow> {
	const row = { provider, next_turn_at: null, next_turn_micros: 0, paused_until: null };
	await db.insertInto('provider_limits').values(row).execute();
	return row;
}

/** Undefined where no turn was ever taken. */
function nextMicros({ next_turn_at: at, next_turn_micros: micros }: LimitRow): number | undefined {
	const next = instantOrNull(at);
	return next === null ? undefined : next.getTime() * 1000 + micros;
}
