/** The servers on which tests make databases, and the setting that names each. */
export const SERVERS = {
	postgresql: {
		name: 'PostgreSQL',
		setting: 'TEST_POSTGRES_URL',
		example: 'postgresql://postgres@127.0.0.1:5432/postgres',
		databases: "select datname as name from pg_database where datname like 'pendo\\_test\\_%'",
		// FORCE ends the connections of a service that a test has killed.
		drop: (name: string) => `drop database if exists ${name} with (force)`,
	},
	mssql: {
		name: 'SQL Server',
		setting: 'TEST_MSSQL_URL',
		example: 'mssql://user:password@host:1433/master?trustServerCertificate=true',
		databases: "select name from sys.databases where name like 'pendo[_]test[_]%'",
		drop: (name: string) => `if db_id('${name}') is not null begin
			alter database ${name} set single_user with rollback immediate; drop database ${name} end`,
	},
} as const;

export type ServerKind = keyof typeof SERVERS;

/** The URL of a server for tests, if there is one. */
export function serverUrl(kind: ServerKind): string | undefined {
	return process.env[SERVERS[kind].setting] || undefined;
}
