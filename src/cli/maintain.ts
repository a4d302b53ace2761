import { InvalidArgumentError, Option } from 'commander';
import { loadDatabaseConfig, loadEnvFile } from '../config.ts';
import { onlyChanges } from '../notices.ts';
import type { Notices, Store } from '../store/database.ts';
import type { Maintenance } from '../store/maintenance.ts';

export interface WaitOption {
	/** Seconds. */
	readonly wait: number;
}

/** How long a command waits for what may pass by itself. */
export function waitOption(): Option {
	return new Option('--wait <seconds>', 'for a server that is away, and for a migration under way')
		.argParser(readSeconds)
		.default(30, '30');
}

/**
 * Runs `work` on the configured database; what is waited for is told on standard error. What knows databases is loaded
 * here and by the commands' actions: it takes longer than many a command, and the others have no use for it.
 */
export async function onDatabase<T>(
	{ wait, create }: WaitOption & { readonly create?: boolean },
	work: (database: Maintenance) => Promise<T>,
): Promise<T> {
	loadEnvFile();
	const options = { patienceMs: wait * 1_000, notices: notices(), ...(create !== undefined && { create }) };
	const { maintain } = await import('../store/maintenance.ts');
	return maintain(loadDatabaseConfig(process.env), options, work);
}

/** Runs `work` on what the configured database stores, beside the services that use it. */
export async function onStore<T>({ wait }: WaitOption, work: (store: Store) => Promise<T>): Promise<T> {
	loadEnvFile();
	const { openStoreBeside } = await import('../store/database.ts');
	const store = await openStoreBeside(loadDatabaseConfig(process.env), notices(), wait * 1_000);
	try {
		return await work(store);
	} finally {
		await store.close();
	}
}

function notices(): Notices {
	return {
		waiting: onlyChanges((server, reason) => console.error(`Waiting for ${server}: ${reason}`)),
		warn: (message) => console.error(message),
	};
}

function readSeconds(text: string): number {
	if (/^\d{1,5}$/.test(text)) return Number(text);
	throw new InvalidArgumentError('It must be a whole number of seconds, at most 99999.');
}
