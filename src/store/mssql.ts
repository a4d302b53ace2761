import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/mssql';
import { sql } from 'kysely';
import type { ConnectionConfiguration } from 'tedious';
import type { ServerDatabaseConfig } from '../config.ts';
import { StoreUnavailable } from '../conversations/store.ts';
import { mssqlDialect } from './dialect.ts';
import { entities } from './entities.ts';
import { mssqlMigrations } from './migrations/mssql.ts';
import { createMssqlDialect } from './mssql-driver.ts';
import { refusalOf } from './mssql-errors.ts';
import { MssqlPool } from './mssql-pool.ts';
import type { Server } from './server-database.ts';
import { unwatched, type Watch } from './watched-driver.ts';

/** SQL Server 2019 or newer, over `tedious`. */
export const mssql: Server = {
	name: 'SQL Server',
	dialect: mssqlDialect,
	connect: connectMssql,
	refusal: refusalOf,
	ping: async (queries) => {
		const { rows } = await sql<{ readonly readOnly: boolean | number }>`
			select cast(case when cast(databasepropertyex(db_name(), 'Updateability') as nvarchar(20)) = 'READ_ONLY'
				then 1 else 0 end as bit) as "readOnly"`.execute(queries);
		if (Number(rows[0]?.readOnly) === 1) throw new StoreUnavailable('The database only reads.');
	},
	migrationLock: {
		// Negative: somebody else has it.
		tryAcquire: async (connection) => {
			const { rows } = await sql<{ readonly result: number }>`
				declare @result int;
				exec @result = sp_getapplock @Resource = 'pendo-message migrations', @LockMode = 'Exclusive',
					@LockOwner = 'Session', @LockTimeout = 0;
				select @result as result`.execute(connection);
			return Number(rows[0]?.result ?? -1) >= 0;
		},
		release: async (connection) => {
			await sql`exec sp_releaseapplock @Resource = 'pendo-message migrations', @LockOwner = 'Session'`.execute(
				connection,
			);
		},
	},
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

function connectMssql(config: ServerDatabaseConfig, watch: Watch = unwatched): Promise<MikroORM> {
	const pool = new MssqlPool({ ...config, connection: connectionSettings(config) });
	return MikroORM.init({
		entities: [...entities],
		dbName: decodeURIComponent(new URL(config.url).pathname.slice(1)),
		driverOptions: watch(createMssqlDialect(pool), () => pool.breakSilent()),
		// Databases are made by people.
		ensureDatabase: false,
		extensions: [Migrator],
		migrations: { migrationsList: mssqlMigrations, snapshot: false, silent: true },
	});
}

/** Encrypted, with a certificate that is checked, unless the URL says otherwise. */
export function connectionSettings(config: ServerDatabaseConfig): ConnectionConfiguration {
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
			lowerCaseGuids: true,
			// Who waits for the server at the start, and who retries a request, decides that here.
			maxRetriesOnTransientErrors: 0,
			useUTC: true,
		},
	};
}
