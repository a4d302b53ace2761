import { resolve } from 'node:path';
import { z } from 'zod';
import { choice, integer, isDecodable, milliseconds, type Refusal, refuse, setting } from './values.ts';

/** A database on a server of its own. Durations are in milliseconds; 0 is without limit. */
export interface ServerDatabaseConfig {
	readonly kind: 'mssql' | 'postgresql';
	/** With user, password and the server's own parameters. */
	readonly url: string;
	/** Whether its tables are brought up to date at the start. */
	readonly migrate: boolean;
	readonly poolMin: number;
	readonly poolMax: number;
	/** How long a connection may take, and a request may wait for a free one. */
	readonly connectTimeoutMs: number;
	/** How long a statement may take. */
	readonly requestTimeoutMs: number;
	/** How long a statement may wait for a row that another transaction holds. */
	readonly lockTimeoutMs: number;
}

/** The embedded database. */
export interface SqliteConfig {
	readonly kind: 'sqlite';
	/** An absolute path. */
	readonly file: string;
	/** Whether its tables are brought up to date at the start. */
	readonly migrate: boolean;
}

export type DatabaseConfig = SqliteConfig | ServerDatabaseConfig;

/** What DATABASE_URL alone says. */
type Place = { readonly kind: 'sqlite'; readonly file: string } | Pick<ServerDatabaseConfig, 'kind' | 'url'>;

/** What stands in a secret's place. */
export const MASK = '********';

const DEFAULT_FILE = './data/pendo-message.db';
const FORMS =
	`sqlite:path (such as sqlite:${DEFAULT_FILE}), postgresql://user:password@host:5432/database ` +
	'or mssql://user:password@host:1433/database';

function readSqliteFile(rest: string): Place | Refusal {
	// sqlite:///var/x.db is the URL form of the absolute path /var/x.db; two slashes would name a host.
	const path = rest.startsWith('///') ? rest.slice(2) : rest;
	if (/:memory:|[?&]mode=memory/.test(path)) {
		return refuse(
			'must name a file: a database in memory is not durable, and every message would be lost at the end',
		);
	}
	if (/^\/\/|^file:|[/\\]$|^$/.test(path) || path.includes('\0')) {
		return refuse(`must name a file as sqlite:path, such as sqlite:${DEFAULT_FILE}`);
	}
	return { kind: 'sqlite', file: resolve(path) };
}

function readServerUrl(kind: ServerDatabaseConfig['kind'], text: string): Place | Refusal {
	const url = URL.parse(text);
	// What cannot be decoded would only fail once the password is sent.
	if (url === null || !isDecodable(url.username + url.password + url.pathname))
		return refuse(`is not a URL: write ${FORMS}, with what is special in a password percent-encoded`);
	// PostgreSQL's host may also be a parameter: the directory of its socket.
	const host = kind === 'postgresql' ? url.hostname || url.searchParams.get('host') : url.hostname;
	if (!host) return refuse('must name a host');
	if (host.includes(',')) return refuse('must name one host');
	if (!/^\/[^/]+$/.test(url.pathname)) return refuse('must name one database behind the host');
	if (url.hash !== '') return refuse('must not have a "#": in a password it is written %23');
	const refusal = kind === 'mssql' ? checkMssql(url) : readSslMode(url);
	return refusal ?? { kind, url: url.href };
}

/** The parameters that a SQL Server's URL may have. */
const MSSQL_FLAGS = ['encrypt', 'trustServerCertificate'] as const;

function checkMssql(url: URL): Refusal | undefined {
	if (url.username === '') return refuse('must name a user');
	for (const [name, value] of url.searchParams) {
		if (!MSSQL_FLAGS.some((flag) => flag === name))
			return refuse(
				`has the parameter ${JSON.stringify(name)}, and takes ${MSSQL_FLAGS.join(' and ')} alone`,
			);
		if (value !== 'true' && value !== 'false') return refuse(`must have ${name}=true or ${name}=false`);
	}
	return undefined;
}

/** The driver checks the certificate in all of them, but warns on standard error of those that promise less. */
const CHECKED_SSL_MODES = ['prefer', 'require', 'verify-ca', 'verify-full'];
const SSL_MODES = ['disable', 'no-verify', ...CHECKED_SSL_MODES];

function readSslMode({ searchParams }: URL): Refusal | undefined {
	const mode = searchParams.get('sslmode');
	if (mode === null || searchParams.has('uselibpqcompat')) return undefined;
	if (!SSL_MODES.includes(mode)) return refuse(`must have one of ${SSL_MODES.join(', ')} as its sslmode`);
	if (CHECKED_SSL_MODES.includes(mode)) searchParams.set('sslmode', 'verify-full');
	return undefined;
}

/** The text may hold a password, so no message repeats it. */
function readDatabaseUrl(text: string): Place | Refusal {
	const trimmed = text.trim();
	const [, scheme = '', rest = ''] = /^([a-z]+):(.*)$/is.exec(trimmed) ?? [];
	switch (scheme.toLowerCase()) {
		case 'sqlite':
			return readSqliteFile(rest);
		case 'mssql':
		case 'sqlserver':
			return readServerUrl('mssql', `mssql:${rest}`);
		case 'postgres':
		case 'postgresql':
			return readServerUrl('postgresql', `postgresql:${rest}`);
		default:
			return refuse(`must be a database as ${FORMS}`);
	}
}

/** The one database; without DATABASE_URL a file below the working directory. */
export function databaseModel() {
	return z.object({
		DATABASE_URL: setting(readDatabaseUrl).default({ kind: 'sqlite', file: resolve(DEFAULT_FILE) }),
		DATABASE_MIGRATE: choice(['auto', 'check']).optional(),
		DATABASE_POOL_MIN: integer(0, { min: 0, max: 1000, unit: 'connections' }),
		DATABASE_POOL_MAX: integer(10, { min: 2, max: 1000, unit: 'connections' }),
		DATABASE_CONNECT_TIMEOUT_MS: milliseconds(3000, 100),
		DATABASE_REQUEST_TIMEOUT_MS: milliseconds(10_000, 100),
		DATABASE_LOCK_TIMEOUT_MS: milliseconds(500, 10),
	});
}

type Values = z.output<ReturnType<typeof databaseModel>>;

/** As the store takes it. Without DATABASE_MIGRATE the embedded database alone migrates itself. */
export function databaseConfig(values: Values): DatabaseConfig {
	const place = values.DATABASE_URL;
	if (place.kind === 'sqlite') return { ...place, migrate: values.DATABASE_MIGRATE !== 'check' };
	return {
		...place,
		migrate: values.DATABASE_MIGRATE === 'auto',
		poolMin: Math.min(values.DATABASE_POOL_MIN, values.DATABASE_POOL_MAX),
		poolMax: values.DATABASE_POOL_MAX,
		connectTimeoutMs: values.DATABASE_CONNECT_TIMEOUT_MS,
		requestTimeoutMs: values.DATABASE_REQUEST_TIMEOUT_MS,
		lockTimeoutMs: values.DATABASE_LOCK_TIMEOUT_MS,
	};
}

/** The URL as an operator may read it: a password in it is masked. */
export function describeDatabase(database: Place): string {
	return database.kind === 'sqlite' ? `sqlite:${database.file}` : maskUrl(database.url);
}

/** Replaces the password of a URL, in front of the host or as a parameter; a text that is no URL is masked whole. */
export function maskUrl(text: string): string {
	const url = URL.parse(text);
	if (url === null) return MASK;
	if (url.password !== '') url.password = MASK;
	for (const name of url.searchParams.keys()) {
		if (/pass|pwd|secret|token|key/i.test(name)) url.searchParams.set(name, MASK);
	}
	return url.href;
}
