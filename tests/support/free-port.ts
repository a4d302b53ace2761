import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { runFolder } from './test-run.ts';

const LOWEST = 10_000;

/**
 * A port for a server that cannot choose one itself, or that keeps it while it is stopped. Nobody in this run gets it
 * again, nor does the system give it to those who ask for any port, which every listener and every connection of other
 * tests does.
 */
export async function freePort(): Promise<number> {
	for (;;) {
		const port = randomInt(LOWEST, lowestGiven());
		if (takeForRun(port) && (await isFree(port))) return port;
	}
}

/** The lowest port that the system itself gives away. */
function lowestGiven(): number {
	const linux = '/proc/sys/net/ipv4/ip_local_port_range';
	const [lowest = 0] = existsSync(linux) ? readFileSync(linux, 'utf8').trim().split(/\s+/).map(Number) : [];
	// What most systems do; on one that gives low ports away, too, any port is as good as another.
	return lowest > LOWEST ? lowest : 32_768;
}

/** False where somebody else in this run has it. */
function takeForRun(port: number): boolean {
	try {
		writeFileSync(join(runFolder(), `port-${port}`), '', { flag: 'wx' });
		return true;
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
		throw error;
	}
}

function isFree(port: number): Promise<boolean> {
	const probe = createServer().listen(port, '127.0.0.1');
	return once(probe, 'listening').then(
		async () => {
			const closed = once(probe, 'close');
			probe.close();
			await closed;
			return true;
		},
		() => false,
	);
}
