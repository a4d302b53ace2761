import { z } from 'zod';
import { integer } from './values.ts';

/** What one user, and all together, may take of a node. */
export const limitsModel = z.object({
	MAX_OPERATIONS_PER_SECOND: integer(1000, { min: 1, max: 1_000_000, unit: 'operations' }),
	MAX_SUBSCRIPTIONS_PER_USER: integer(10_000, { min: 1, max: 1_000_000, unit: 'subscriptions' }),
	MAX_CONNECTIONS_PER_USER: integer(5000, { min: 1, max: 1_000_000, unit: 'connections' }),
	MAX_CONNECTIONS: integer(50_000, { min: 1, max: 1_000_000, unit: 'connections' }),
});

/** As the limits take it. */
export function limitsConfig(values: z.output<typeof limitsModel>) {
	return {
		operationsPerSecond: values.MAX_OPERATIONS_PER_SECOND,
		subscriptionsPerUser: values.MAX_SUBSCRIPTIONS_PER_USER,
		connectionsPerUser: values.MAX_CONNECTIONS_PER_USER,
		connections: values.MAX_CONNECTIONS,
	} as const;
}
