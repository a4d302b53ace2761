import { afterAll } from 'vitest';
import type { Client } from './client.ts';
import { startService, type TestService } from './service.ts';

export interface People {
	readonly service: TestService;
	/** Customers. */
	readonly alice: Client;
	readonly bob: Client;
	readonly agent: Client;
}

/** A service for the file that awaits it, with two customers and an agent; it is stopped after the file's tests. */
export async function startWithPeople(): Promise<People> {
	const service = await startService();
	afterAll(() => service.stop());
	return {
		service,
		alice: await service.client('Alice'),
		bob: await service.client('Bob'),
		agent: await service.client('Agent', 'AGENT'),
	};
}
