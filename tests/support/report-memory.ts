/*
 * Loaded into a service by `--import`: at SIGUSR2 it says what it holds once its garbage is collected.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { memoryInUse } from './memory.ts';

const PASSES = 5;

async function report(): Promise<void> {
	// What is closed is let go of turn by turn.
	for (let pass = 1; pass < PASSES; pass++) {
		memoryInUse();
		await delay(50);
	}
	process.stdout.write(`holds ${memoryInUse()} bytes\n`);
}

process.on('SIGUSR2', () => void report());
