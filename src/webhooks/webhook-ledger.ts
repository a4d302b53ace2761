import { toPublicId } from '../conversations/public-ids.ts';
import type { Claim, Ended, Job, JobOutcome, Ledger } from '../outbound/ledger.ts';
import { clampRetryAfter } from '../outbound/providers/retry-after.ts';
import { Batches } from './batches.ts';
import type { Call } from './caller.ts';
import { begunAttempt, bury, claim, endedAttempt, expire, settle } from './delivery.ts';
import type { Payloads } from './payloads.ts';
import type { WebhookRegistry } from './registry.ts';
import { nextWaitMs } from './retry-schedule.ts';
import type { WebhookStore } from './store.ts';
import type { Webhook, WebhookDelivery } from './webhook.ts';

export interface WebhookLedgerOptions {
	/** Between the attempts of one round, in milliseconds: one less than there are attempts. */
	readonly waitsMs: readonly number[];
	/** How long what has ended is kept. */
	readonly keepMs: number;
	/** Calls of one webhook at a time. */
	readonly maxInFlight: number;
}

/** An event on its way to a receiver: attempt `number`. */
export interface WebhookJob extends Job {
	readonly deliveryId: string;
	readonly number: number;
	/** When the webhook was last changed. */
	readonly changedAt: Date;
	readonly call: Call;
}

interface Pause {
	readonly until: Date;
	readonly changedAt: Date;
}

const AT_ONCE = 500;
/** What was due for so long without a turn is told no more: its receiver takes nothing, or too little. */
const OVERDUE_MS = 24 * 60 * 60 * 1_000;
const OVERDUE = 'It waited for a day while the receiver did not keep up.';
const NO_EVENT = 'The event is not there any more.';
const GONE = 'The receiver answered 410 (Gone): it wants nothing any more.';
const FORGET_EVERY_MS = 60 * 60 * 1_000;
const TOO_MANY_REQUESTS = 429;
/** A pause is renewed at each beat, so that it can end early. */
const PAUSED_AT_ONCE_MS = 2_000;

/** What customers' webhooks are to be told. A webhook's id is the name of its lane. */
export class WebhookLedger implements Ledger<WebhookDelivery, WebhookJob> {
	readonly #store: WebhookStore;
	readonly #registry: Pick<WebhookRegistry, 'enabled' | 'refresh'>;
	readonly #payloads: Payloads;
	readonly #options: WebhookLedgerOptions;
	readonly #settling = new Batches<readonly [WebhookJob, Ended]>((ends) => this.#settleAll(ends));
	readonly #pauses = new Map<string, Pause>();
	#forgetAt = 0;

	constructor(
		store: WebhookStore,
		registry: Pick<WebhookRegistry, 'enabled' | 'refresh'>,
		payloads: Payloads,
		options: WebhookLedgerOptions,
	) {
		this.#store = store;
		this.#registry = registry;
		this.#payloads = payloads;
		this.#options = options;
	}

	/** No webhook's backlog stands before the others'. */
	async due(
		now: Date,
		limit: number,
		canGo: (lanes: readonly string[]) => boolean,
	): Promise<readonly WebhookDelivery[]> {
		const ids = this.#enabledIds().filter((id) => canGo([id]));
		const due = await this.#store.due(ids, now, Math.min(limit, 2 * this.#options.maxInFlight));
		return due.toSorted((a, b) => timeOf(a) - timeOf(b)).slice(0, limit);
	}

	nextDueAt(now: Date): Promise<Date | undefined> {
		return this.#store.nextDueAt(this.#enabledIds(), now);
	}

	lanesFor({ webhookId }: WebhookDelivery): readonly string[] {
		return [webhookId];
	}

	claim(claims: readonly Claim<WebhookDelivery>[]): readonly Promise<WebhookJob | undefined>[] {
		const jobs = this.#claimAll(claims);
		return claims.map(async (_, index) => (await jobs)[index]);
	}

	/** To the URL that a webhook has now, if it is still enabled. */
	async #claimAll(claims: readonly Claim<WebhookDelivery>[]): Promise<readonly (WebhookJob | undefined)[]> {
		await this.#registry.refresh();
		const webhooks = new Map(this.#registry.enabled.map((webhook) => [webhook.id, webhook]));
		const wanted = claims.filter(({ lane }) => webhooks.has(lane));
		const payloads = await this.#payloads.of(wanted.map(({ due }) => due));
		const claimed = await this.#claim(wanted, payloads);
		return claims.map(({ due: { id }, lane }) => {
			const [delivery, webhook, payload] = [claimed.get(id), webhooks.get(lane), payloads.get(id)];
			return delivery && webhook && payload ? jobOf(delivery, webhook, payload) : undefined;
		});
	}

	async #claim(
		claims: readonly Claim<WebhookDelivery>[],
		payloads: ReadonlyMap<string, string>,
	): Promise<ReadonlyMap<string, WebhookDelivery>> {
		const now = new Date();
		const ids = claims.map(({ due }) => due.id);
		const changed = await this.#store.changeDeliveries(ids, (found) => {
			const deliveries = claims.flatMap(({ due: { id }, leaseUntil }) => {
				const delivery = found.get(id);
				if (delivery === undefined) return [];
				const next = payloads.has(id) ? claim(delivery, { leaseUntil, now }) : bury(delivery, NO_EVENT, now);
				return next ?? [];
			});
			const begun = deliveries.filter(isSending).map((delivery) => begunAttempt(delivery, now));
			return { deliveries, begun };
		});
		return new Map(changed.filter(isSending).map((delivery) => [delivery.id, delivery]));
	}

	retryAt(tries: number, outcome: JobOutcome, now: Date): Date {
		if (outcome.kind === 'released') return now;
		const retryAfterMs = outcome.kind === 'retry' ? outcome.retryAfterMs : undefined;
		return new Date(now.getTime() + (nextWaitMs(this.#options.waitsMs, tries, retryAfterMs) ?? 0));
	}

	settle(job: WebhookJob, ended: Ended): Promise<void> {
		this.#notePause(job, ended.outcome);
		return this.#settling.add([job, ended]);
	}

	async #settleAll(ends: readonly (readonly [WebhookJob, Ended])[]): Promise<void> {
		const terms = this.#terms(new Date());
		await this.#store.changeDeliveries(
			ends.map(([{ deliveryId }]) => deliveryId),
			(found) => {
				const settled = new Map<string, WebhookDelivery>();
				for (const [{ deliveryId, number }, ended] of ends) {
					const delivery = settled.get(deliveryId) ?? found.get(deliveryId);
					const next = delivery && settle(delivery, number, ended, terms);
					if (next !== undefined) settled.set(deliveryId, next);
				}
				const attempts = ends.map(([job, ended]) => endedAttempt(job.deliveryId, job.number, ended));
				return { deliveries: [...settled.values()], ended: attempts };
			},
		);
		const gone = ends.filter(([, { outcome }]) => outcome.kind === 'rejected');
		for (const [{ lane, call }] of gone) await this.#disable(lane, call.url);
	}

	/** The receiver is gone. Another URL that the webhook has meanwhile is not. */
	async #disable(webhookId: string, url: string): Promise<void> {
		const now = new Date();
		const webhook = await this.#store.changeWebhook(webhookId, (before) => {
			if (before.url !== url || !before.enabled) return before;
			return { ...before, enabled: false, disabledReason: GONE, updatedAt: now };
		});
		// Disabled for another reason, what is queued waits.
		if (webhook?.url !== url || webhook.disabledReason !== GONE) return;
		await this.#registry.refresh();
		await this.#bury([webhookId], GONE);
	}

	async beat(now: Date): Promise<void> {
		await this.#expire(now);
		await this.#bury(this.#enabledIds(), OVERDUE, new Date(now.getTime() - OVERDUE_MS));
		if (now.getTime() < this.#forgetAt) return;
		const before = new Date(now.getTime() - this.#options.keepMs);
		const isMore = await this.#store.forget(before, now, AT_ONCE);
		if (!isMore) this.#forgetAt = now.getTime() + FORGET_EVERY_MS;
	}

	async #expire(now: Date): Promise<void> {
		const expired = await this.#store.expired(now, AT_ONCE);
		if (expired.length === 0) return;
		await this.#store.changeDeliveries(
			expired.map(({ id }) => id),
			(found) => ({
				deliveries: Array.from(found.values()).flatMap((delivery) => {
					const wait = nextWaitMs(this.#options.waitsMs, delivery.tries) ?? 0;
					return expire(delivery, new Date(now.getTime() + wait), this.#terms(now)) ?? [];
				}),
			}),
		);
	}

	/** All that wait, or those that were due before then. */
	async #bury(webhookIds: readonly string[], error: string, dueBefore?: Date): Promise<void> {
		for (;;) {
			const ids = await this.#store.waiting(webhookIds, AT_ONCE, dueBefore);
			if (ids.length === 0) return;
			const now = new Date();
			const buried = await this.#store.changeDeliveries(ids, (found) => ({
				deliveries: Array.from(found.values())
					.filter((delivery) => dueBefore === undefined || timeOf(delivery) < dueBefore.getTime())
					.flatMap((delivery) => bury(delivery, error, now) ?? []),
			}));
			// Others do the same, or had their turn just now.
			if (buried.length === 0) return;
		}
	}

	/** A receiver that asks for patience gets it from this node, whatever else is due, until the webhook is changed. */
	#notePause({ lane, changedAt }: WebhookJob, outcome: JobOutcome): void {
		if (outcome.kind !== 'retry' || outcome.httpStatus !== TOO_MANY_REQUESTS) return;
		if (outcome.retryAfterMs === undefined) return;
		const until = new Date(Date.now() + clampRetryAfter(outcome.retryAfterMs));
		this.#pauses.set(lane, { until, changedAt });
	}

	async pauses(now: Date): Promise<ReadonlyMap<string, Date>> {
		const changes = new Map(this.#registry.enabled.map(({ id, updatedAt }) => [id, updatedAt.getTime()]));
		for (const [lane, { until, changedAt }] of this.#pauses)
			if (until <= now || changes.get(lane) !== changedAt.getTime()) this.#pauses.delete(lane);
		const latest = now.getTime() + PAUSED_AT_ONCE_MS;
		return new Map(
			Array.from(this.#pauses, ([lane, { until }]) => [lane, new Date(Math.min(until.getTime(), latest))]),
		);
	}

	async turns(): Promise<undefined> {
		return undefined;
	}

	#enabledIds(): readonly string[] {
		return this.#registry.enabled.map(({ id }) => id);
	}

	#terms(now: Date) {
		return { maxAttempts: this.#options.waitsMs.length + 1, now };
	}
}

function isSending({ status }: WebhookDelivery): boolean {
	return status === 'SENDING';
}

function timeOf({ nextAttemptAt }: WebhookDelivery): number {
	return nextAttemptAt?.getTime() ?? 0;
}

function jobOf(delivery: WebhookDelivery, webhook: Webhook, payload: string): WebhookJob {
	return {
		lane: webhook.id,
		deliveryId: delivery.id,
		number: delivery.attempts,
		tries: delivery.tries,
		changedAt: webhook.updatedAt,
		call: { url: webhook.url, secrets: webhook, id: toPublicId('WebhookDelivery', delivery.id), payload },
	};
}
