import type { Queries } from './tables.ts';

const ERROR = 'The database was restored or copied: it is not known whether the message went out meanwhile.';

/**
 * Of a database that is from the past of another one, or beside it, nobody knows which messages were sent: what was to be
 * sent is UNKNOWN, and goes out only when a person says so. It is no event of the log, which is another one from here on.
 */
export async function setDeliveriesAside(db: Queries): Promise<void> {
	await db
		.updateTable('deliveries')
		.set({
			status: 'UNKNOWN',
			next_attempt_at: null,
			lease_until: null,
			open_sequence: null,
			due_at: null,
			uncertain: true,
			error: ERROR,
			updated_at: new Date(),
		})
		.where('open_sequence', 'is not', null)
		.execute();
}

/** Customers' systems hear of what happens in the first database, and not of what is tried out in its copy. */
export async function disableWebhooks(db: Queries): Promise<void> {
	await db
		.updateTable('webhooks')
		.set({ enabled: false, disabled_reason: 'This database is a copy.', updated_at: new Date() })
		.where('enabled', '=', true)
		.execute();
}
