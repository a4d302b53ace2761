import type { CompiledQuery, DatabaseConnection, IsolationLevel, QueryResult } from 'kysely';
import { Connection, type ConnectionConfiguration, ISOLATION_LEVEL, Request, TYPES } from 'tedious';
import { ConnectionLost, StoreUnavailable } from '../conversations/store.ts';
import { classify, isRolledBack, loginFault } from './mssql-errors.ts';

export interface ConnectionSettings {
	readonly requestTimeoutMs: number;
	readonly lockTimeoutMs: number;
	readonly connection: ConnectionConfiguration;
}

/** The driver gives up first, with what it knows; where it does not, its caller does so much later. */
export const GRACE_MS = 500;

export async function openConnection(settings: ConnectionSettings): Promise<MssqlConnection> {
	const native = new Connection(settings.connection);
	// The request under way rejects by itself; without a listener the event would end the process.
	native.on('error', () => undefined);
	let secure = false;
	native.once('secure', () => {
		secure = true;
	});
	await login(native);
	// Where the server offers no encryption, `tedious` goes on without.
	if (settings.connection.options?.encrypt === true && !secure) {
		native.close();
		throw new StoreUnavailable(
			'The server does not encrypt: encrypt=false in the URL connects all the same.',
		);
	}
	const connection = new MssqlConnection(native, settings.requestTimeoutMs);
	if (settings.lockTimeoutMs > 0) await connection.runBatch(`set lock_timeout ${settings.lockTimeoutMs}`);
	return connection;
}

/** `tedious` keeps the number of a failed login to itself, and of several messages throws the last. */
async function login(native: Connection): Promise<void> {
	let first: Parameters<typeof loginFault>[0] | undefined;
	const onMessage = (message: Parameters<typeof loginFault>[0]) => {
		first ??= message;
	};
	native.on('errorMessage', onMessage);
	try {
		await new Promise<void>((resolve, reject) => {
			native.connect((error) => (error ? reject(error) : resolve()));
		});
	} catch (error) {
		throw first === undefined ? error : loginFault(first, error);
	} finally {
		native.off('errorMessage', onMessage);
	}
}

type Done = (error?: Error | null) => void;

/** Takes one request at a time, as Kysely makes them. */
export class MssqlConnection implements DatabaseConnection {
	readonly #native: Connection;
	readonly #limitMs: number;
	/** Whether the transaction under way is one of snapshots. */
	#isSnapshot = false;
	/** Since when an answer is waited for. */
	askedAt: number | undefined;
	answeredAt = performance.now();

	constructor(native: Connection, requestTimeoutMs: number) {
		this.#native = native;
		this.#limitMs = requestTimeoutMs > 0 ? requestTimeoutMs + GRACE_MS : 0;
	}

	get isOpen(): boolean {
		return !this.#native.closed;
	}

	close(): void {
		this.#native.close();
	}

	begin(level: IsolationLevel = 'read committed'): Promise<void> {
		if (level !== 'snapshot' && level !== 'read committed')
			throw new TypeError(`Transactions are not ${level} here.`);
		this.#isSnapshot = level === 'snapshot';
		const code = this.#isSnapshot ? ISOLATION_LEVEL['SNAPSHOT'] : ISOLATION_LEVEL['READ_COMMITTED'];
		return this.#request((done) => this.#native.beginTransaction(done, undefined, code));
	}

	async commit(): Promise<void> {
		await this.#request((done) => this.#native.commitTransaction(done));
		await this.#resetIsolation();
	}

	/** What the server has rolled back itself, as it does when it ends the connection, is no fault. */
	async rollback(savepoint?: string): Promise<void> {
		try {
			await this.#request((done) => this.#native.rollbackTransaction(done, savepoint));
		} catch (error) {
			if (!(error instanceof StoreUnavailable || isRolledBack(error))) throw error;
		}
		if (savepoint === undefined) await this.#resetIsolation();
	}

	/** A level outlives its transaction. Where it cannot be set back, the connection is not used again. */
	async #resetIsolation(): Promise<void> {
		if (!this.#isSnapshot) return;
		this.#isSnapshot = false;
		await this.runBatch('set transaction isolation level read committed').catch(() => this.close());
	}

	save(savepoint: string): Promise<void> {
		return this.#request((done) => this.#native.saveTransaction(done, savepoint));
	}

	/** What is set in a batch lasts as long as the connection; in a statement it would end with it. */
	runBatch(text: string): Promise<void> {
		return this.#request((done) => this.#native.execSqlBatch(new Request(text, done)));
	}

	async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
		const rows: R[] = [];
		let affected = 0;
		await this.#request((done) => {
			const request = new Request(sql, (error, count = 0) => {
				affected = count;
				done(error);
			});
			for (const [index, value] of parameters.entries()) {
				const { type, length, scale } = parameterType(value);
				const options = { ...(length !== undefined && { length }), ...(scale !== undefined && { scale }) };
				request.addParameter(String(index + 1), type, value, options);
			}
			request.on('row', (columns: readonly Column[]) => rows.push(rowOf<R>(columns)));
			this.#native.execSql(request);
		});
		return { rows, numAffectedRows: BigInt(affected) };
	}

	streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
		throw new TypeError('Streams are not used.');
	}

	/** A fault of the connection, or a time-out, after which it may still be busy, closes it. */
	async #request(start: (done: Done) => void): Promise<void> {
		if (!this.isOpen) throw new ConnectionLost('The connection is lost.');
		this.askedAt = performance.now();
		// The driver's own time limit ends with the first packet of an answer, and waits for a cancellation to be confirmed.
		const watchdog = this.#limitMs > 0 ? setTimeout(() => this.close(), this.#limitMs) : undefined;
		try {
			await new Promise<void>((resolve, reject) => {
				start((error) => (error ? reject(error) : resolve()));
			});
			this.answeredAt = performance.now();
		} catch (error) {
			const fault = classify(error);
			if (fault instanceof StoreUnavailable) this.close();
			throw fault;
		} finally {
			this.askedAt = undefined;
			clearTimeout(watchdog);
		}
	}
}

interface Column {
	readonly metadata: { readonly colName: string };
	readonly value: unknown;
}

function rowOf<R>(columns: readonly Column[]): R {
	return Object.fromEntries(columns.map(({ metadata, value }) => [metadata.colName, value])) as R;
}

interface ParameterType {
	readonly type: (typeof TYPES)[keyof typeof TYPES];
	readonly length?: number;
	readonly scale?: number;
}

const MAX_INT = 2 ** 31 - 1;
/** The longest nvarchar that is not nvarchar(max). */
const MAX_NVARCHAR = 4000;

/** The same declaration for texts of every usual length, so that the server plans a statement once. */
export function parameterType(value: unknown): ParameterType {
	if (value === null || value === undefined) return { type: TYPES.NVarChar, length: MAX_NVARCHAR };
	if (typeof value === 'string')
		return { type: TYPES.NVarChar, ...(value.length <= MAX_NVARCHAR && { length: MAX_NVARCHAR }) };
	if (typeof value === 'boolean') return { type: TYPES.Bit };
	if (typeof value === 'bigint') return { type: TYPES.BigInt };
	if (typeof value === 'number') return { type: numberType(value) };
	// DATETIME rounds to 1/300 of a second.
	if (value instanceof Date) return { type: TYPES.DateTime2, scale: 3 };
	if (Buffer.isBuffer(value)) return { type: TYPES.VarBinary };
	throw new TypeError(`A ${typeof value} is no parameter of a statement.`);
}

function numberType(value: number): ParameterType['type'] {
	if (!Number.isInteger(value)) return TYPES.Float;
	return value >= -MAX_INT - 1 && value <= MAX_INT ? TYPES.Int : TYPES.BigInt;
}
