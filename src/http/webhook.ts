import type { IncomingMessage } from 'node:http';
import type { Metrics } from '../observability/metrics.ts';
import type { WebhookKind, WebhookOutcome, WebhookSender } from '../observability/webhook-metrics.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { HttpRefusal, type RestAnswer, type RestDeps } from './rest.ts';

export interface WebhookDeps extends RestDeps {
	readonly outbound: Outbound;
	readonly metrics: Pick<Metrics, 'limited' | 'webhook'>;
	/** What the generic provider signs with, `whsec_…`; undefined: it is not listened to. */
	readonly secret: string | undefined;
	/** What Twilio signs with, and where it calls; undefined: it is not listened to. */
	readonly twilio: { readonly authToken: string; readonly publicUrl: URL } | undefined;
}

/** What became of a webhook that was taken. */
export type Taken = Exclude<WebhookOutcome, 'unauthenticated' | 'refused' | 'busy' | 'failed'>;

/** Where a provider brings what. */
export interface Webhook {
	readonly from: WebhookSender;
	readonly kind: WebhookKind;
	/** Whether there is something to prove the sender with. */
	readonly isOpen: (deps: WebhookDeps) => boolean;
	/** @throws HttpRefusal, BodyTooLarge, ClientGone, DomainError. */
	readonly take: (req: IncomingMessage, deps: WebhookDeps) => Promise<Taken>;
	readonly answer: (taken: Taken) => RestAnswer;
}

/** One answer for every reason, so that nobody learns which check failed. */
export function unproven(): HttpRefusal {
	return new HttpRefusal(401, 'UNAUTHENTICATED', 'A valid signature is required.');
}
