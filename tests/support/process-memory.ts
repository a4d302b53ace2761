import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceProcess } from './process.ts';

/** Settings of a service that can be asked what it holds. */
export const REPORTS_MEMORY: Readonly<Record<string, string>> = {
	NODE_OPTIONS: `--import=${new URL('report-memory.ts', import.meta.url).href}`,
};

/** Bytes that it holds once its garbage is collected. */
export async function memoryOf(service: ServiceProcess): Promise<number> {
	const reports = () => [...service.output.stdout.matchAll(/^holds (\d+) bytes$/gm)];
	const known = reports().length;
	service.signal('SIGUSR2');
	for (;;) {
		const newest = reports()[known]?.[1];
		if (newest !== undefined) return Number(newest);
		await delay(20);
	}
}
