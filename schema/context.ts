import type { Domain } from '../src/conversations/domain.ts';
import type { ErrorCode } from '../src/conversations/errors.ts';
import type { Reader } from '../src/conversations/reader.ts';
import type { HealthReport } from '../src/health.ts';
import type { Turns } from '../src/identity/limits.ts';
import type { Viewer } from '../src/identity/viewer.ts';
import type { Live } from '../src/live/live.ts';
import type { Outbound } from '../src/outbound/outbound.ts';
import type { WebhookReader } from '../src/webhooks/webhook-reader.ts';
import type { Webhooks } from '../src/webhooks/webhooks.ts';

/** What every resolver gets: who asks, and the few doors to the service. One per operation, or per event of a cohort. */
export interface GraphQLContext {
	readonly viewer: Viewer;
	readonly reader: Reader;
	readonly domain: Domain;
	readonly outbound: Outbound;
	readonly webhooks: Webhooks;
	readonly webhookReader: WebhookReader;
	readonly live: Pick<Live, 'follow' | 'activity' | 'setTyping'>;
	readonly health: () => Promise<HealthReport>;
	readonly requestId: string;
	/** Every mutation takes one before it does anything. */
	readonly turns: Pick<Turns, 'next'>;
	/** The codes of the expected faults that the operation's mutations answer with, for who counts and logs them. */
	readonly refusals: ErrorCode[];
}
