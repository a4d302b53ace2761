import { cancel, claim, type Ending, expire, refuse, settle } from '../conversations/delivery.ts';
import type { Domain } from '../conversations/domain.ts';
import type { Draft } from '../conversations/draft.ts';
import { newId } from '../conversations/ids.ts';
import type { StoredMessage } from '../conversations/model.ts';
import type { AttemptOutcome, Delivery, OutsideChannel } from '../conversations/outside.ts';
import { optOutKey } from '../conversations/outside-keys.ts';
import { toPublicId } from '../conversations/public-ids.ts';
import { type Backoff, waitBeforeRetry } from './backoff.ts';
import type { Claim, Ended, Job, JobOutcome, Ledger } from './ledger.ts';
import { type Provider, type ProviderRequest, providersByChannel, recordedError } from './provider.ts';
import type { DueDelivery, OutboundStore } from './store.ts';

export interface DeliveryLedgerOptions {
	/** In the order in which they are preferred. */
	readonly providers: readonly Provider[];
	readonly maxAttempts: number;
	readonly backoff: Backoff;
	/** Of each provider, over all nodes; undefined without a limit. */
	readonly ratePerSecond: number | undefined;
}

/** A message that is being sent: attempt `number` of it. */
export interface DeliveryJob extends Job {
	readonly messageId: string;
	readonly conversationId: string;
	readonly number: number;
	/** When it was due: its place, if nobody is asked after all. */
	readonly dueAt: Date;
	readonly request: ProviderRequest;
}

const TURNS_AHEAD_MS = 1_000;
const EXPIRED_AT_ONCE = 100;
const PROVIDER_GONE = 'The provider that may have the message is not configured any more.';
/** A webhook is refused when it is older than some minutes; what a provider sends again by itself comes within days. */
const RECEIPTS_KEPT_MS = 30 * 24 * 60 * 60 * 1_000;
const FORGET_EVERY_MS = 60 * 60 * 1_000;

/** The deliveries of messages: each change of one is an event of its conversation, and goes through the write queue. */
export class DeliveryLedger implements Ledger<DueDelivery, DeliveryJob> {
	readonly #domain: Pick<Domain, 'writes'>;
	readonly #store: OutboundStore;
	readonly #options: DeliveryLedgerOptions;
	readonly #providers: ReadonlyMap<string, Provider>;
	readonly #lanes: ReadonlyMap<OutsideChannel, readonly string[]>;
	/** Due, and for a provider alone that there is not: `beat` sees to them. */
	#stranded: readonly DueDelivery[] = [];
	/** The messages that are being claimed. */
	readonly #claiming = new Set<string>();
	#forgetAt = 0;

	constructor(domain: Pick<Domain, 'writes'>, store: OutboundStore, options: DeliveryLedgerOptions) {
		this.#domain = domain;
		this.#store = store;
		this.#options = options;
		this.#providers = new Map(options.providers.map((provider) => [provider.name, provider]));
		this.#lanes = providersByChannel(options.providers);
	}

	async due(
		now: Date,
		limit: number,
		canGo: (lanes: readonly string[]) => boolean,
	): Promise<readonly DueDelivery[]> {
		const channels = Array.from(this.#lanes).flatMap(([channel, lanes]) => (canGo(lanes) ? [channel] : []));
		if (channels.length === 0) return [];
		const exceptProviders = Array.from(this.#providers.keys()).filter((name) => !canGo([name]));
		const due = await this.#store.due(now, { channels, exceptProviders, limit });
		this.#stranded = due.filter((one) => this.lanesFor(one).length === 0);
		return due.filter((one) => this.lanesFor(one).length > 0 && !this.#claiming.has(one.messageId));
	}

	async nextDueAt(now: Date): Promise<Date | undefined> {
		const channels = [...this.#lanes.keys()];
		return channels.length === 0 ? undefined : this.#store.nextDueAt(now, channels);
	}

	lanesFor({ channel, provider, uncertain }: DueDelivery): readonly string[] {
		const lanes = this.#lanes.get(channel) ?? [];
		return uncertain && provider !== null ? lanes.filter((lane) => lane === provider) : lanes;
	}

	claim(claims: readonly Claim<DueDelivery>[]): readonly Promise<DeliveryJob | undefined>[] {
		return claims.map((claim) => {
			const { messageId } = claim.due;
			this.#claiming.add(messageId);
			return this.#claim(claim).finally(() => this.#claiming.delete(messageId));
		});
	}

	#claim({ due, lane, leaseUntil }: Claim<DueDelivery>): Promise<DeliveryJob | undefined> {
		const { messageId, conversationId, sequence } = due;
		return this.#domain.writes.run({
			id: newId(),
			conversationId,
			needs: { messageIds: [messageId], openBefore: sequence, thread: true },
			decide: (draft) => {
				const message = draft.message(messageId);
				const delivery = message?.outside?.delivery;
				if (!message || !delivery || draft.isHeldBack(sequence)) return undefined;
				const withdrawn = withdraw(draft, message, delivery);
				if (withdrawn !== undefined) {
					draft.changeDelivery(withdrawn, null);
					return undefined;
				}
				const claimed = claim(delivery, { provider: lane, leaseUntil, now: draft.now });
				if (claimed === undefined) return undefined;
				return begin(draft, message, claimed, { lane, dueAt: delivery.nextAttemptAt ?? draft.now });
			},
		});
	}

	retryAt(tries: number, outcome: JobOutcome, now: Date): Date {
		return new Date(now.getTime() + waitBeforeRetry(outcome, tries, this.#options.backoff));
	}

	async settle(
		job: DeliveryJob,
		{ outcome, retryAt, pauseUntil, startedAt, durationMs }: Ended,
	): Promise<void> {
		if (pauseUntil !== undefined) await this.#store.pause(job.lane, pauseUntil);
		const ending = asEnding(outcome, outcome.kind === 'released' ? job.dueAt : retryAt);
		const attempt = {
			messageId: job.messageId,
			number: job.number,
			provider: job.lane,
			startedAt,
			durationMs,
			httpStatus: 'httpStatus' in outcome ? (outcome.httpStatus ?? null) : null,
			outcome: OUTCOMES[outcome.kind],
		};
		await this.#domain.writes.run({
			id: newId(),
			conversationId: job.conversationId,
			needs: { messageIds: [job.messageId] },
			decide: (draft) => {
				const delivery = draft.message(job.messageId)?.outside?.delivery;
				if (!delivery) return;
				draft.endAttempt(attempt);
				const settled = settle(delivery, job.number, ending, this.#terms(job.lane, draft.now));
				if (settled !== undefined) draft.changeDelivery(settled, null);
			},
		});
	}

	async beat(now: Date): Promise<void> {
		const expired = await this.#store.expired(now, EXPIRED_AT_ONCE);
		await Promise.all([
			...expired.map((due) => this.#change(due, (delivery, at) => this.#expire(delivery, at))),
			...this.#stranded.map((due) => this.#change(due, (delivery, at) => this.#strand(delivery, at))),
			this.#forget(now),
		]);
	}

	/** Of one that nobody carries. */
	#change(
		{ messageId, conversationId }: DueDelivery,
		change: (delivery: Delivery, now: Date) => Delivery | undefined,
	): Promise<void> {
		return this.#domain.writes.run({
			id: newId(),
			conversationId,
			needs: { messageIds: [messageId] },
			decide: (draft) => {
				const delivery = draft.message(messageId)?.outside?.delivery;
				const changed = delivery && change(delivery, draft.now);
				if (changed) draft.changeDelivery(changed, null);
			},
		});
	}

	#expire(delivery: Delivery, now: Date): Delivery | undefined {
		return expire(delivery, this.#terms(delivery.provider ?? '', now));
	}

	#strand(delivery: Delivery, now: Date): Delivery | undefined {
		return this.lanesFor(delivery).length > 0 ? undefined : refuse(delivery, PROVIDER_GONE, now);
	}

	async #forget(now: Date): Promise<void> {
		if (now.getTime() < this.#forgetAt) return;
		this.#forgetAt = now.getTime() + FORGET_EVERY_MS;
		await this.#store.forgetReceipts(new Date(now.getTime() - RECEIPTS_KEPT_MS));
	}

	async pauses(): Promise<ReadonlyMap<string, Date>> {
		const pauses = await this.#store.pauses();
		return new Map(Array.from(pauses).filter(([name]) => this.#providers.has(name)));
	}

	async turns(lane: string, count: number, now: Date): Promise<readonly Date[] | undefined> {
		const { ratePerSecond: perSecond } = this.#options;
		if (perSecond === undefined) return undefined;
		return this.#store.reserveTurns(lane, { count, perSecond, now, horizonMs: TURNS_AHEAD_MS });
	}

	#terms(provider: string, now: Date) {
		const { maxAttempts } = this.#options;
		return { maxAttempts, isIdempotent: this.#providers.get(provider)?.isIdempotent ?? false, now };
	}
}

/** What is not to go out at all, though it waits to. */
function withdraw(draft: Draft, message: StoredMessage, delivery: Delivery): Delivery | undefined {
	if (message.deletedAt !== null) return cancel(delivery, draft.now, 'The message was deleted.');
	const { thread, outside } = draft;
	if (thread === undefined || !outside.isOptedOut(optOutKey(thread.family, delivery.to))) return undefined;
	return refuse(delivery, 'The contact wants no messages.', draft.now);
}

function begin(
	draft: Draft,
	message: StoredMessage,
	claimed: Delivery,
	{ lane, dueAt }: Pick<DeliveryJob, 'lane' | 'dueAt'>,
): DeliveryJob {
	const { messageId, conversationId, attempts: number, tries } = claimed;
	draft.beginAttempt({
		messageId,
		number,
		provider: lane,
		startedAt: draft.now,
		durationMs: null,
		httpStatus: null,
		outcome: 'UNKNOWN',
	});
	draft.changeDelivery(claimed, null);
	return {
		lane,
		messageId,
		conversationId,
		number,
		tries,
		dueAt,
		request: {
			id: toPublicId('Message', messageId),
			from: claimed.from,
			to: claimed.to,
			channel: claimed.channel,
			body: message.body,
			attachments: message.outside?.attachments.map(({ url }) => url) ?? [],
			timestamp: claimed.requestedAt,
		},
	};
}

const OUTCOMES = {
	accepted: 'ACCEPTED',
	retry: 'RETRY',
	released: 'RETRY',
	rejected: 'REJECTED',
	unknown: 'UNKNOWN',
} as const satisfies Record<JobOutcome['kind'], AttemptOutcome>;

function asEnding(outcome: JobOutcome, retryAt: Date): Ending {
	if (outcome.kind === 'accepted') return { kind: 'accepted', providerMessageId: outcome.providerMessageId };
	if (outcome.kind === 'released') return { kind: 'released', retryAt };
	const error = recordedError(outcome.error);
	return outcome.kind === 'rejected' ? { kind: 'rejected', error } : { kind: outcome.kind, error, retryAt };
}
