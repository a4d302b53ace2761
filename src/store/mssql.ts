import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/mssql';
import { MssqlDialect, sql } from 'kysely';
import * as tarn from 'tarn';
import * as tedious from 'tedious';
import type { ServerDatabaseConfig } from '../config.ts';
import { mssqlDialect } from './dialect.ts';
import { entities } from './entities.ts';
import { messageOf } from './errors.ts';
import { mssqlMigrations } from './migrations/mssql.ts';
import { numberOf, REFUSALS, StoreErrorsDriver } from './mssql-errors.ts';
import type { Server } from './server-database.ts';

/** SQL Server 2019 or newer, over `tedious`. */
export const mssql: Server = {
	name: 'SQL Server',
	dialect: ({ lockTimeoutMs }) => mssqlDialect(lockTimeoutMs),
	connect: connectMssql,
	refusal: (error) => {
		const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
		return REFUSALS.has(numberOf(cause)) ? messageOf(cause) : undefined;
	},
	lockMigrations: (queries, work) =>
		queries.connection().execute(async (db) => {
			await sql`exec sp_getapplock @Resource = 'pendo-message migrations', @LockMode = 'Exclusive',
				@LockOwner = 'Session', @LockTimeout = -1`.execute(db);
			try {
				await work();
			} finally {
				await sql`exec sp_releaseapplock @Resource = 'pendo-message migrations', @LockOwner = 'Session'`.execute(
					db,
				);
			}
		}),
	warnings: async (queries) => {
		const { rows } = await sql<{ readonly rcsi: boolean | number }>`
			select is_read_committed_snapshot_on as rcsi from sys.databases where name = db_name()`.execute(
			queries,
		);
		if (rows.length === 0 || Number(rows[0]?.rcsi) === 1) return [];
		return [
			'READ_COMMITTED_SNAPSHOT is off in this database: readers wait for writers. While nobody is connected, run ' +
				'ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON.',
		];
	},
};

function connectMssql(config: ServerDatabaseConfig): Promise<MikroORM> {
	return MikroORM.init({
		entities: [...entities],
		dbName: decodeURIComponent(new URL(config.url).pathname.slice(1)),
		driverOptions: createDialect(config),
		extensions: [Migrator],
		migrations: { migrationsList: mssqlMigrations, snapshot: false, silent: true },
	});
}

function createDialect(config: ServerDatabaseConfig): MssqlDialect {
	const { Connection, ISOLATION_LEVEL, Request, TYPES } = tedious;
	const settings = connectionSettings(config);
	const dialect = new MssqlDialect({
		tarn: {
			...tarn,
			options: { min: config.poolMin, max: config.poolMax, acquireTimeoutMillis: config.connectTimeoutMs },
		},
		tedious: {
			Request,
			ISOLATION_LEVEL,
			// DATETIME rounds to 1/300 of a second.
			TYPES: { ...TYPES, DateTime: TYPES.DateTime2 },
			connectionFactory: () => new Connection(settings),
		},
	});
	const createDriver = dialect.createDriver.bind(dialect);
	dialect.createDriver = () => new StoreErrorsDriver(createDriver());
	return dialect;
}

/** Encrypted, with a certificate that is checked, unless the URL says otherwise. */
export function connectionSettings(config: ServerDatabaseConfig): tedious.ConnectionConfiguration {
	const url = new URL(config.url);
	const isOn = (name: string, otherwise: boolean) =>
		(url.searchParams.get(name) ?? String(otherwise)) === 'true';
	return {
		server: url.hostname.replace(/^\[|\]$/g, ''),
		authentication: {
			type: 'default',
			options: { userName: decodeURIComponent(url.username), password: decodeURIComponent(url.password) },
		},
		options: {
			port: Number(url.port || 1433),
			database: decodeURIComponent(url.pathname.slice(1)),
			encrypt: isOn('encrypt', true),
			trustServerCertificate: isOn('trustServerCertificate', false),
			appName: 'pendo-message',
			connectTimeout: config.connectTimeoutMs,
			requestTimeout: config.requestTimeoutMs,
			enableArithAbort: true,
			fallbackToDefaultDb: false,
			useUTC: true,
		},
	};
}
