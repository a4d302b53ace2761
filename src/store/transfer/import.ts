import { type CompiledQuery, sql } from 'kysely';
import { StoreUnavailable } from '../../conversations/store.ts';
import type { Dialect } from '../dialect.ts';
import { findCause, messageOf } from '../errors.ts';
import type { Maintenance } from '../maintenance.ts';
import { migrateUp, readMigrations, requireCurrentSchema } from '../migrate.ts';
import { disableWebhooks, setDeliveriesAside } from '../set-aside.ts';
import type { Queries } from '../tables.ts';
import type { Observer } from './export.ts';
import { type RowCounts, TransferError } from './format.ts';
import { untyped } from './pages.ts';
import { beginProgress, type ImportProgress, moveProgress, readProgress } from './progress.ts';
import { type Batch, readExport } from './read-export.ts';
import { type Row, type TransferTable, transferTables } from './tables.ts';
import { requireEmpty, requireIntact } from './verify.ts';

/** Of a multi-row insert, which SQL Server bounds. */
const MAX_ROWS = 1_000;

/** What a database is known by: its logs' epoch, and its id between the nodes. */
const IDENTITY: ReadonlySet<unknown> = new Set(['epoch', 'database']);

export interface ImportOptions {
	/** Opens the export from its beginning. */
	readonly open: () => AsyncIterable<Buffer>;
	/** Whether it can be opened twice: then it is checked whole before anything is written. */
	readonly canReopen: boolean;
	/** Whether the database keeps the identity that it has, and does not take over that of the export. */
	readonly asCopy: boolean;
	/** Is told of the check, and of the import. */
	readonly observers: { readonly check: Observer; readonly write: Observer };
	/** The import goes on behind so many rows that are in the database. */
	readonly onResume: (rows: number) => void;
}

/**
 * Fills an empty database from an export, making its tables where there are none, or goes on with an import that was
 * interrupted; answers with the rows of each table. Until it is done the database is marked as not whole.
 * @throws DatabaseError, TransferError
 */
export function importDatabase(
	{ orm, queries, dialect, exclusively }: Maintenance,
	options: ImportOptions,
): Promise<RowCounts> {
	return exclusively(async () => {
		if ((await readMigrations(orm)).applied.length === 0) await migrateUp(orm, (work) => work());
		await requireCurrentSchema(orm);
		const tables = transferTables(orm);
		const importing = new Import(queries, dialect, tables, options);
		await importing.prepare();
		if (options.canReopen) await check(tables, options);
		return importing.run();
	});
}

async function check(tables: readonly TransferTable[], { open, observers }: ImportOptions): Promise<void> {
	const counts = new Counts(tables, observers.check);
	for await (const batch of readExport(open(), tables)) counts.add(batch);
}

/** What was read so far, for the observer and the verification. */
class Counts {
	readonly rows: Record<string, number> = {};
	readonly #observer: Observer;
	#done = 0;

	constructor(tables: readonly TransferTable[], observer: Observer) {
		for (const { name } of tables) this.rows[name] = 0;
		this.#observer = observer;
	}

	add(batch: Batch): void {
		this.skip(batch);
		const { name } = batch.table;
		const total = Object.values(batch.header.rows).reduce((sum, count) => sum + count, 0);
		this.#observer.progress(name, this.rows[name] ?? 0, this.#done, total);
	}

	/** Counts what is there already: nothing to observe. */
	skip({ table: { name }, rows }: Batch): void {
		this.rows[name] = (this.rows[name] ?? 0) + rows.length;
		this.#done += rows.length;
	}
}

class Import {
	readonly #db: Queries;
	readonly #dialect: Dialect;
	readonly #tables: readonly TransferTable[];
	readonly #options: ImportOptions;
	readonly #statements = new Map<string, CompiledQuery>();
	#progress: ImportProgress | undefined;

	constructor(db: Queries, dialect: Dialect, tables: readonly TransferTable[], options: ImportOptions) {
		this.#db = db;
		this.#dialect = dialect;
		this.#tables = tables;
		this.#options = options;
	}

	/** @throws TransferError when the database holds data that no unfinished import of this mode brought. */
	async prepare(): Promise<void> {
		this.#progress = await readProgress(this.#db);
		if (this.#progress === undefined) return requireEmpty(this.#db, this.#dialect, this.#tables);
		if (this.#progress.asCopy !== this.#options.asCopy) throw otherMode(this.#progress);
		this.#options.onResume(this.#progress.line - 1);
	}

	async run(): Promise<RowCounts> {
		const { open, observers } = this.#options;
		const counts = new Counts(this.#tables, observers.write);
		const begun = this.#progress;
		let met = begun === undefined;
		const settings: Batch[] = [];
		for await (const batch of readExport(open(), this.#tables, begun?.line)) {
			if (!met && begun !== undefined) {
				met = requireSame(begun, batch);
				counts.skip(batch);
				continue;
			}
			if (batch.table.name === 'settings') settings.push(batch);
			else await this.#store(batch);
			counts.add(batch);
		}
		if (!met) throw otherFile();
		await requireIntact(this.#db, this.#tables, counts.rows);
		await this.#finish(settings);
		return counts.rows;
	}

	async #store(batch: Batch): Promise<void> {
		const { table, rows, firstLine, lastLine: line, sha256 } = batch;
		const next = { line, sha256, asCopy: this.#options.asCopy };
		try {
			await this.#db.transaction().execute(async (db) => {
				if (this.#progress === undefined) await beginProgress(db, next);
				else await moveProgress(db, this.#progress, next);
				await this.#insert(db, table, rows);
			});
		} catch (error) {
			if (error instanceof TransferError) throw error;
			const what = `The lines ${firstLine} to ${line}`;
			// Perhaps while they were committed.
			const isUnknown = findCause(error, StoreUnavailable) !== undefined;
			throw new TransferError(
				isUnknown
					? `${what} may be stored or not: ${messageOf(error)}. Run the same import again: it finds out, and goes on.`
					: `${what} cannot be stored: ${messageOf(error)}. All lines before them are: ` +
							'when that is mended, run the same import again.',
				{ cause: error },
			);
		}
		this.#progress = next;
	}

	/** Multi-row inserts within what one statement takes. */
	async #insert(db: Queries, table: TransferTable, rows: readonly Row[]): Promise<void> {
		const most = Math.floor(this.#dialect.maxParameters / table.columns.length);
		const size = Math.min(MAX_ROWS, most);
		for (let from = 0; from < rows.length; from += size) {
			const part = rows.slice(from, from + size);
			await db.executeQuery({
				...this.#statement(table, part, part.length === size),
				parameters: part.flat(),
			});
		}
	}

	/** Building one costs more than running it, and most have the same number of rows. */
	#statement(table: TransferTable, rows: readonly Row[], isFull: boolean): CompiledQuery {
		const key = `${table.name} ${rows.length}`;
		let statement = this.#statements.get(key);
		if (statement === undefined) {
			const columns = table.columns.map(({ name }) => sql.ref(name));
			const values = rows.map((row) => sql`(${sql.join(row)})`);
			statement =
				sql`insert into ${sql.table(table.name)} (${sql.join(columns)}) values ${sql.join(values)}`.compile(
					this.#db,
				);
			if (isFull) this.#statements.set(key, statement);
		}
		return statement;
	}

	/** Takes over the settings, and with them the identity unless it is a copy, and says that the database is whole. */
	async #finish(batches: readonly Batch[]): Promise<void> {
		const rows = batches.flatMap(({ table, rows }) =>
			rows.map((row) => Object.fromEntries(table.columns.map(({ name }, index) => [name, row[index]]))),
		);
		const taken = rows.filter(({ name }) => !(this.#options.asCopy && IDENTITY.has(name)));
		const transaction = this.#db.transaction().execute(async (db) => {
			if (this.#progress !== undefined) await moveProgress(db, this.#progress, undefined);
			if (this.#options.asCopy) {
				await setDeliveriesAside(db);
				await disableWebhooks(db);
			}
			for (const setting of taken) {
				await untyped(db).deleteFrom('settings').where('name', '=', setting['name']).execute();
				await untyped(db).insertInto('settings').values(setting).execute();
			}
		});
		await transaction.catch((error: unknown) => this.#requireFinished(error));
	}

	/** After a COMMIT without an answer: the progress goes with it. @throws the fault unless all is there. */
	async #requireFinished(fault: unknown): Promise<void> {
		if (this.#progress === undefined || findCause(fault, StoreUnavailable) === undefined) throw fault;
		const found = await readProgress(this.#db).catch(() => {
			throw new TransferError(
				`All rows are stored, and the end of the import may be or not: ${messageOf(fault)}. Run the same import ` +
					'again: it ends, or says that the database holds data already, and then it had ended.',
				{ cause: fault },
			);
		});
		if (found !== undefined) throw fault;
	}
}

/** Whether this is the batch that the database already has at last. @throws TransferError for another export's. */
function requireSame({ line, sha256 }: ImportProgress, { lastLine, sha256: read }: Batch): boolean {
	if (lastLine < line) return false;
	if (lastLine > line || sha256 !== read) throw otherFile();
	return true;
}

function otherMode({ asCopy }: ImportProgress): TransferError {
	return new TransferError(
		`The import into this database was begun ${asCopy ? 'with' : 'without'} --copy. Go on like that, or begin again with an empty database.`,
	);
}

function otherFile(): TransferError {
	return new TransferError(
		'The import into this database was begun with another export. Go on with that one, or begin again with an empty database.',
	);
}
