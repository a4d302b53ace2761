import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionLost, StoreConflict, UnknownCommit } from '../conversations/store.ts';

const MAX_RUNS = 3;

/**
 * Runs a transaction that does no harm when it is stored twice, a few times at most: again where it lost against another
 * one, or where whether it was stored is not known.
 * @throws the last run's fault.
 */
export async function repeatedly<T>(transaction: () => Promise<T>): Promise<T> {
	for (let runs = 1; ; runs++) {
		try {
			return await transaction();
		} catch (error) {
			if (runs === MAX_RUNS || !isRepeatable(error)) throw error;
			await delay(Math.random() * 5 * 2 ** runs);
		}
	}
}

function isRepeatable(error: unknown): boolean {
	return error instanceof StoreConflict || error instanceof ConnectionLost || error instanceof UnknownCommit;
}
