import { closeSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { pinning } from './cpu.ts';
import { spread } from './statistics.ts';

export interface Machine {
	readonly cpu: string;
	readonly cores: number;
	readonly node: string;
	readonly pinning: string;
	/** What the disk takes to make 4 KiB durable, median, ms: the floor of every commit. */
	readonly fsyncMs: number;
	/** The databases would be in memory: commits cost nothing there, and the figures mean little. */
	readonly inMemory: boolean;
}

const TMPFS = 0x01021994;
const FSYNCS = 60;

/** `directory`: where the databases of the run are. */
export function describeMachine(directory: string): Machine {
	return {
		cpu: cpus()[0]?.model ?? 'unknown',
		cores: availableParallelism(),
		node: process.version,
		pinning,
		fsyncMs: fsyncMilliseconds(directory),
		inMemory: statfsSync(directory).type === TMPFS,
	};
}

function fsyncMilliseconds(directory: string): number {
	const path = join(directory, 'fsync');
	const file = openSync(path, 'w');
	const page = Buffer.alloc(4096, 1);
	const taken = Array.from({ length: FSYNCS }, () => {
		writeSync(file, page);
		const startedAt = performance.now();
		fsyncSync(file);
		return performance.now() - startedAt;
	});
	closeSync(file);
	rmSync(path);
	return spread(taken).median;
}
