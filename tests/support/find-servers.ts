import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import pg from 'pg';
import { findPrograms } from './installed-postgresql.ts';
import { startPostgres } from './postgres-server.ts';
import { timedName } from './test-run.ts';

const run = promisify(execFile);

/** A server on which tests may create databases. */
export interface FoundServer {
	/** With the right to create databases. */
	readonly url: string;
	/** For a person. */
	readonly where: string;
	/** Ends what was started for the run. */
	stop(): Promise<void>;
}

export interface PostgresqlPlaces {
	/** A server that must be used. */
	readonly given: string | undefined;
	/** A server that is used if it answers. */
	readonly usual: string;
	/** Folders that may have its programs. */
	readonly programs: readonly string[];
}

const CONNECT_MS = 3_000;

/** The given server, else the usual one, else one that is started; undefined where there is none. @throws when the given one does not answer. */
export async function findPostgresql(places: PostgresqlPlaces): Promise<FoundServer | undefined> {
	const { given, usual } = places;
	if (given !== undefined) {
		const reason = await refusalOf(given);
		if (reason === undefined) return running(given);
		throw new Error(`TEST_POSTGRES_URL names ${hostOf(given)}, which cannot be used: ${reason}`);
	}
	if ((await refusalOf(usual)) === undefined) return running(usual);
	const programs = findPrograms(places.programs);
	if (programs === undefined) return undefined;
	const server = await startPostgres({}, programs);
	return { url: server.url, where: `started from ${programs}`, stop: () => server.remove() };
}

function running(url: string): FoundServer {
	return { url, where: hostOf(url), stop: async () => {} };
}

/** Why no databases can be created there, if so. */
async function refusalOf(url: string): Promise<string | undefined> {
	const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
	client.on('error', () => undefined);
	try {
		await client.connect();
		const { rows } = await client.query<{ allowed: boolean }>(
			'select rolsuper or rolcreatedb as allowed from pg_roles where rolname = current_user',
		);
		return rows[0]?.allowed ? undefined : 'the user may not create databases';
	} catch (error) {
		return error instanceof Error ? error.message || error.name : String(error);
	} finally {
		await client.end();
	}
}

const MSSQL_IMAGE = 'mcr.microsoft.com/mssql/server:2022-latest';
const DOCKER_MS = 5_000;
/** The image may have to be fetched. */
const RUN_MS = 180_000;

/** Why there is no server. */
export interface MissingServer {
	readonly missing: string;
}

/** The given SQL Server, which may not answer yet, else one that Docker starts, once `answers` accepts its URL. */
export async function findMssql(
	given: string | undefined,
	answers: (url: string) => Promise<void>,
	docker = 'docker',
): Promise<FoundServer | MissingServer> {
	if (given !== undefined) return running(given);
	try {
		await run(docker, ['info'], { timeout: DOCKER_MS });
	} catch {
		return { missing: 'no Docker engine answers' };
	}
	const name = `pendo-test-${timedName()}`;
	const stop = async () => {
		await run(docker, ['rm', '-f', name], { timeout: DOCKER_MS });
	};
	try {
		const url = await runMssql(docker, name);
		await answers(url);
		return { url, where: `Docker, ${MSSQL_IMAGE}`, stop };
	} catch (error) {
		await stop().catch(() => undefined);
		return { missing: `Docker cannot run it: ${lastLineOf(error)}` };
	}
}

/** Its URL. */
async function runMssql(docker: string, name: string): Promise<string> {
	// Upper and lower case, digits and a sign: the server's rule for passwords.
	const password = `Aa1-${randomBytes(12).toString('hex')}`;
	const settings = ['ACCEPT_EULA=Y', `MSSQL_SA_PASSWORD=${password}`].flatMap((setting) => ['-e', setting]);
	const args = ['run', '-d', '--rm', '--name', name, ...settings, '-p', '127.0.0.1::1433', MSSQL_IMAGE];
	await run(docker, args, { timeout: RUN_MS });
	const { stdout } = await run(docker, ['port', name, '1433/tcp'], { timeout: DOCKER_MS });
	return `mssql://sa:${password}@${stdout.trim()}/master?encrypt=true&trustServerCertificate=true`;
}

/** Docker's own words, without the command, which holds the password. */
function lastLineOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	if (!('stderr' in error)) return error.message;
	return String(error.stderr).trim().split('\n').at(-1) || 'it takes too long';
}

function hostOf(url: string): string {
	return URL.parse(url)?.host ?? 'a text that is no URL';
}
