import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseError } from './errors.ts';
import type { Exclusively } from './migrate.ts';
import type { Queries } from './tables.ts';

/** A lock of one connection in one database; it goes with its connection. */
export interface MigrationLock {
	/** Takes it; answers whether it was free. */
	tryAcquire(connection: Queries): Promise<boolean>;
	release(connection: Queries): Promise<void>;
}

const RETRY_MS = { first: 100, longest: 2_000 };

/**
 * Holds the lock on a connection of its own. While another node migrates it waits, telling so, until the deadline
 * (of performance.now()). The answer's work throws a DatabaseError when that is over.
 */
export function lockedBy(
	lock: MigrationLock,
	queries: Queries,
	onWaiting: (reason: string, waitMs: number) => void,
	deadline: number,
): Exclusively {
	return (work) =>
		queries.connection().execute(async (connection) => {
			let wait = RETRY_MS.first;
			while (!(await lock.tryAcquire(connection))) {
				if (performance.now() + wait > deadline)
					throw new DatabaseError(
						'Another node or command migrates this database: try again when it is done.',
					);
				onWaiting('another node or command migrates it', wait);
				await delay(wait);
				wait = Math.min(wait * 2, RETRY_MS.longest);
			}
			try {
				return await work();
			} finally {
				await lock.release(connection).catch(() => undefined);
			}
		});
}
