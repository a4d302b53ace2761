import { StoreAway } from './conversations/store.ts';
import type { Logger } from './observability/logger.ts';
import type { Notices } from './store/database.ts';

/** What the log says of the database: one line for each change, whatever the number of requests that feel it. */
export interface ServiceNotices {
	readonly database: Notices;
	/** A batch of sends and other changes could not be stored. */
	refused(reason: unknown, size: number): void;
	stored(): void;
	/** A feed could not read its log. */
	feedFailed(reason: unknown): void;
}

export function createNotices(logger: Logger): ServiceNotices {
	let isRefusing = false;
	return {
		database: {
			waiting: (server, reason, waitMs) =>
				logger.warn({ server, reason, waitMs }, `waiting for ${server}, which cannot be used yet: ${reason}`),
			warn: (message) => logger.warn(message),
			lost: (server, reason) =>
				logger.error(
					{ server, reason },
					`${server} is lost, requests are refused until it is back: ${reason}`,
				),
			back: (server, awayMs) => logger.info({ server, awayMs }, `${server} is back`),
		},
		refused: (err, size) => {
			if (isRefusing || err instanceof StoreAway) return;
			isRefusing = true;
			logger.error({ err, size }, 'changes cannot be stored, and are refused as busy');
		},
		stored: () => {
			if (isRefusing) logger.info('changes are stored again');
			isRefusing = false;
		},
		feedFailed: (err) => {
			if (!(err instanceof StoreAway)) logger.warn({ err }, 'a feed could not read its log; it tries again');
		},
	};
}
