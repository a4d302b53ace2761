import { ServiceBusyError } from './conversations/errors.ts';
import type { Delivery } from './conversations/outside.ts';
import { toPublicId } from './conversations/public-ids.ts';
import { StoreAway, StoreConflict } from './conversations/store.ts';
import type { Logger } from './observability/logger.ts';
import type { JobOutcome } from './outbound/ledger.ts';
import type { Notices } from './store/database.ts';

/** What the log says of what the service depends on: one line for each change, whatever the number of those who feel it. */
export interface ServiceNotices {
	readonly database: Notices;
	/** A batch of sends and other changes could not be stored. */
	refused(reason: unknown, size: number): void;
	stored(): void;
	/** A feed could not read its log. */
	feedFailed(reason: unknown): void;
	/** The ledger of deliveries could not be read or written. */
	ledgerFailed(reason: unknown): void;
	/** A provider or a customer's webhook fails and is left alone for a while, or answers again. */
	circuit(destination: Destination, isOpen: boolean, outcome: JobOutcome): void;
	/** A provider wants nothing until then. */
	paused(provider: string, until: Date): void;
	/** A message to the outside asks for a person. */
	deadLetter(delivery: Delivery): void;
	/** Redis carries wake-ups between the nodes, or does not. */
	bus(redis: string, isConnected: boolean, reason: string): void;
}

/** Who is sent to: the name of a provider, or the id of a webhook. */
export type Destination = { readonly provider: string } | { readonly webhook: string };

/** Tells when a waiting begins and when its reason changes, not at each attempt. */
export function onlyChanges(tell: (server: string, reason: string) => void): Notices['waiting'] {
	let told: string | undefined;
	return (server, reason) => {
		if (reason === told) return;
		told = reason;
		tell(server, reason);
	};
}

/** Conversations that others hold say nothing of the database, and may be many: one line in this time. */
const CONTENDED_MS = 60_000;

/** A wait that ends less than this after one that was told of is no news. */
const PAUSED_MS = 60_000;

export function createNotices(logger: Logger): ServiceNotices {
	let isRefusing = false;
	let contended = Number.NEGATIVE_INFINITY;
	const pauses = new Map<string, number>();
	return {
		database: {
			waiting: onlyChanges((server, reason) =>
				logger.warn({ server, reason }, `waiting for ${server}, which cannot be used yet: ${reason}`),
			),
			warn: (message) => logger.warn(message),
			lost: (server, reason) =>
				logger.error(
					{ server, reason },
					`${server} is lost, requests are refused until it is back: ${reason}`,
				),
			back: (server, awayMs) => logger.info({ server, awayMs }, `${server} is back`),
		},
		refused: (err, size) => {
			if (err instanceof StoreConflict) {
				if (performance.now() - contended < CONTENDED_MS) return;
				contended = performance.now();
				logger.warn({ err, size }, 'changes are refused as busy: others hold what they would change');
				return;
			}
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
		ledgerFailed: (err) => {
			if (err instanceof StoreAway || err instanceof ServiceBusyError) return;
			logger.warn({ err }, 'deliveries could not be read or recorded; they are tried again');
		},
		circuit: (destination, isOpen, outcome) => {
			const who = Object.entries(destination).flat().join(' ');
			if (!isOpen) return logger.info(destination, `${who} answers again`);
			const line = { ...destination, reason: reasonOf(outcome) };
			// A customer's system that is down is their affair.
			const level = 'provider' in destination ? 'error' : 'warn';
			logger[level](line, `${who} fails, and is left alone for a while: ${line.reason}`);
		},
		paused: (provider, until) => {
			if (until.getTime() < (pauses.get(provider) ?? Number.NEGATIVE_INFINITY) + PAUSED_MS) return;
			pauses.set(provider, until.getTime());
			logger.warn(
				{ provider, until: until.toISOString() },
				'a provider asks to wait: it is sent nothing until then',
			);
		},
		deadLetter: ({ messageId, conversationId, status, provider, attempts }) =>
			logger.warn(
				{
					message: toPublicId('Message', messageId),
					conversation: toPublicId('Conversation', conversationId),
					status,
					provider,
					attempts,
				},
				'a message to the outside went no further: a person has to look at it',
			),
		bus: (redis, isConnected, reason) => {
			if (isConnected) logger.info({ redis }, 'wake-ups travel between the nodes by Redis');
			else
				logger.error(
					{ redis, reason },
					`Redis is away: followers hear of other nodes at the slow beat until it is back: ${reason}`,
				);
		},
	};
}

/** Without the destination's own words, which may quote what it was sent. */
function reasonOf(outcome: JobOutcome): string {
	if ('httpStatus' in outcome && outcome.httpStatus !== undefined) return `it answered ${outcome.httpStatus}`;
	return 'error' in outcome ? outcome.error : outcome.kind;
}
