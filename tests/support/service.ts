import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config.ts';
import { signToken } from '../../src/identity/sign.ts';
import { createService } from '../../src/service.ts';
import { Client, type Person } from './client.ts';

const SECRET = 'a secret for tests only, long enough for HS256';

export interface TestService {
	readonly url: string;
	readonly port: number;
	readonly databaseFile: string;
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
	/** Stops it and removes its files. */
	stop(): Promise<void>;
	/** Stops it and starts another one on the same files and port; `whileStopped` runs in between. */
	restart(whileStopped?: () => void): Promise<void>;
}

/** The whole service in this process on a free port, with a database file of its own; `env` changes its settings. */
export async function startService(env: Record<string, string> = {}): Promise<TestService> {
	const directory = await mkdtemp(join(tmpdir(), 'pendo-message-'));
	const databaseFile = join(directory, 'test.db');
	const settings = {
		JWT_SECRET: SECRET,
		LOG_LEVEL: 'silent',
		NODE_ENV: 'test',
		DATABASE_URL: `sqlite:${databaseFile}`,
		...env,
	};
	let service = await createService(loadConfig({ PORT: '0', ...settings }));
	const port = await service.start();
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
		databaseFile,
		person,
		token,
		client: async (name, role, expiresInSeconds) => {
			const client = new Client(url, await person(name, role, expiresInSeconds));
			clients.push(client);
			return client;
		},
		stop: async () => {
			await Promise.all(clients.map((client) => client.close()));
			await service.stop();
			await rm(directory, { recursive: true, force: true });
		},
		restart: async (whileStopped) => {
			await service.stop();
			whileStopped?.();
			service = await createService(loadConfig({ ...settings, PORT: String(port) }));
			await service.start();
		},
	};
}
