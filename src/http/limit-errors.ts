import { type DomainError, RateLimitedError, ServiceBusyError } from '../conversations/errors.ts';

/** Somebody has to go first: there is no telling when. */
const RETRY_SECONDS = 5;

const ERRORS = {
	connections: () => new ServiceBusyError(RETRY_SECONDS),
	user_connections: () => new RateLimitedError(RETRY_SECONDS, 'You have too many connections open.'),
	user_subscriptions: () => new RateLimitedError(RETRY_SECONDS, 'You have too many subscriptions open.'),
} as const satisfies Record<string, () => DomainError>;

/** What one is told who would have one too many open. */
export function limitError(limit: keyof typeof ERRORS): DomainError {
	return ERRORS[limit]();
}
