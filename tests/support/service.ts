import { randomUUID } from 'node:crypto';
import { loadConfig } from '../../src/config.ts';
import { signToken } from '../../src/identity/sign.ts';
import { createService } from '../../src/service.ts';
import { Client, type Person } from './client.ts';
import { createTestDatabase, type DatabaseKind, type TestDatabase } from './databases.ts';
import { runSql } from './run-sql.ts';

/** What the services of tests sign with. */
export const SECRET = 'a secret for tests only, long enough for HS256';

/** What services of tests store in: each project of vitest.config.ts names one. */
export const DATABASE_KIND: DatabaseKind =
	process.env['TEST_DATABASE'] === 'postgresql' ? 'postgresql' : 'sqlite';

export interface TestService {
	readonly url: string;
	readonly port: number;
	/** A user of a fresh subject; `name` is shown in failures. */
	person(name: string, role?: 'CUSTOMER' | 'AGENT' | 'ADMIN', expiresInSeconds?: number): Promise<Person>;
	/** A client of that person over HTTP and WebSocket. */
	client(name: string, role?: 'CUSTOMER' | 'AGENT' | 'ADMIN', expiresInSeconds?: number): Promise<Client>;
	token(claims: {
		subject: string;
		name?: string;
		role: 'CUSTOMER' | 'AGENT' | 'ADMIN';
		expiresInSeconds?: number;
	}): Promise<string>;
	/** Runs statements in its database, in one transaction beside it. */
	sql(statements: string): Promise<void>;
	/** Stops it and drops its database. */
	stop(): Promise<void>;
	/** Stops it and starts another one on the same database and port; `whileStopped` runs in between. */
	restart(whileStopped?: () => Promise<void>): Promise<void>;
}

/**
 * The whole service in this process on a free port, with a database of its own; `env` changes its settings. A
 * DATABASE_URL in it is the test's, which drops that database.
 */
export async function startService(env: Record<string, string> = {}): Promise<TestService> {
	const database = env['DATABASE_URL'] === undefined ? await databaseForService() : undefined;
	const settings: Record<string, string> = {
		JWT_SECRET: SECRET,
		LOG_LEVEL: 'silent',
		NODE_ENV: 'test',
		PORT: '0',
		...(database && { DATABASE_URL: database.url }),
		...env,
	};
	const drop = async () => database?.drop();
	const start = async () => {
		const service = await createService(loadConfig(settings));
		return { service, port: await service.start() };
	};
	let { service, port } = await start().catch(async (error: unknown) => {
		await drop();
		throw error;
	});
	settings['PORT'] = String(port);
	const url = `http://127.0.0.1:${port}`;
	const clients: Client[] = [];
	const token: TestService['token'] = (claims) => signToken(SECRET, claims);
	const person: TestService['person'] = async (name, role = 'CUSTOMER', expiresInSeconds) => {
		const subject = `${name.toLowerCase()}-${randomUUID().slice(0, 8)}`;
		const bearer = await token({
			subject,
			name,
			role,
			...(expiresInSeconds !== undefined && { expiresInSeconds }),
		});
		return { subject, name, token: bearer };
	};
	return {
		url,
		port,
		person,
		token,
		client: async (name, role, expiresInSeconds) => {
			const client = new Client(url, await person(name, role, expiresInSeconds));
			clients.push(client);
			return client;
		},
		sql: (statements) => runSql(loadConfig(settings).database, statements),
		stop: async () => {
			await Promise.all(clients.map((client) => client.close()));
			await service.stop();
			await drop();
		},
		restart: async (whileStopped) => {
			await service.stop();
			await whileStopped?.();
			({ service } = await start());
		},
	};
}

/** The embedded one is migrated by the service itself. */
export function databaseForService(): Promise<TestDatabase> {
	return createTestDatabase(DATABASE_KIND, { migrated: DATABASE_KIND !== 'sqlite' });
}
