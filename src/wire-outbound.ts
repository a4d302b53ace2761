import { randomBytes } from 'node:crypto';
import type { OutboundConfig } from './config.ts';
import { isDeadLetter, isOpen, STATUSES } from './conversations/delivery.ts';
import type { Domain } from './conversations/domain.ts';
import type { ConversationEvent } from './conversations/model.ts';
import type { Delivery } from './conversations/outside.ts';
import { createMockProvider, type MockProvider } from './mock-provider/mock-provider.ts';
import type { ServiceNotices } from './notices.ts';
import type { Metrics } from './observability/metrics.ts';
import type { OutboundMetrics } from './observability/outbound-metrics.ts';
import { type DeliveryJob, DeliveryLedger } from './outbound/delivery-ledger.ts';
import type { Outbound } from './outbound/outbound.ts';
import { type Provider, providersByChannel } from './outbound/provider.ts';
import { createProviders } from './outbound/providers/providers.ts';
import type { DueDelivery, OutboundStore } from './outbound/store.ts';
import { createUrlGuard } from './outbound/url-guard.ts';
import { Worker } from './outbound/worker.ts';

/** Messages to and from the outside: the use cases' part, and what runs behind it. */
export interface OutboundParts {
	readonly outbound: Outbound;
	/** Signs and checks the generic provider's webhooks; undefined where none are taken. */
	readonly webhookSecret: string | undefined;
	/** The base URL of the mock provider, where it serves. */
	readonly mockUrl: string | undefined;
	readonly openCircuits: () => readonly string[];
	readonly pausedProviders: () => readonly string[];
	/** Begins to send; `url` is where the mock provider finds this service. */
	start(url: string): void;
	/** Something was committed that may be to be sent. */
	committed(events: readonly ConversationEvent[]): void;
	/** Begins no more calls and waits for those under way, at most so long. */
	stop(graceMs: number): Promise<void>;
	/** Lets connections go. */
	close(): Promise<void>;
}

export interface OutboundSources {
	readonly config: OutboundConfig;
	readonly domain: Domain;
	readonly store: OutboundStore;
	readonly metrics: Metrics;
	readonly notices: ServiceNotices;
}

/** What has ended well is left out: it grows for ever, and so would the time that counting takes. */
const COUNTED = STATUSES.filter((status) => isOpen(status) || isDeadLetter(status));
const BEAT_MS = 1_000;
const FAULTS_TO_OPEN = 5;
const HALF_OPEN_AFTER_MS = 10_000;
const MAX_IN_HAND = 1_024;

/** Opens the mock provider's port where that serves, and nothing else until it is started. */
export async function wireOutbound(sources: OutboundSources): Promise<OutboundParts> {
	const { domain, store, metrics, notices } = sources;
	let serviceUrl = '';
	const mock = sources.config.mockProvider
		? await startMock(sources.config.webhookSecret, () => serviceUrl)
		: undefined;
	const config = mock === undefined ? sources.config : withMock(sources.config, mock);
	const providers = createProviders(config);
	const byChannel = providersByChannel(providers);
	const outbound: Outbound = {
		domain,
		store,
		channels: new Set(byChannel.keys()),
		providers: byChannel,
		ratePerSecond: config.ratePerSecond,
		helpReply: config.helpReply,
		checkUrl: createUrlGuard({ allowPrivate: config.allowPrivateUrls }).check,
	};
	const counted = metrics.outbound({
		counts: () => store.counts(COUNTED),
		openCircuits: () => worker.openLanes(),
		pausedProviders: () => worker.pausedLanes(),
		providers: providers.map(({ name }) => name),
		statuses: COUNTED,
	});
	const worker = createWorker(sources, providers, counted);
	return {
		outbound,
		webhookSecret: config.webhookSecret,
		mockUrl: mock?.url,
		openCircuits: () => worker.openLanes(),
		pausedProviders: () => worker.pausedLanes(),
		start: (url) => {
			serviceUrl = url;
			if (providers.length > 0) worker.start();
		},
		committed: (events) => {
			if (events.some(({ message }) => isToBeLookedAt(message?.outside?.delivery))) worker.poke();
			for (const { type, actorId, message } of events) {
				const delivery = message?.outside?.delivery;
				// Whom a person's hand brings there, that person knows.
				if (type === 'DeliveryChanged' && actorId === null && delivery && isDeadLetter(delivery.status))
					notices.deadLetter(delivery);
			}
		},
		stop: (graceMs) => worker.stop(graceMs),
		close: async () => {
			await Promise.all(providers.map((provider) => provider.close()));
			await mock?.provider.close();
		},
	};
}

/** It may be due, or be no more in the way of those behind it. */
function isToBeLookedAt(delivery: Delivery | null | undefined): boolean {
	return delivery != null && delivery.status !== 'SENDING';
}

function createWorker(
	{ config, domain, store, notices }: OutboundSources,
	providers: readonly Provider[],
	counted: OutboundMetrics,
): Worker<DueDelivery, DeliveryJob> {
	const ledger = new DeliveryLedger(domain, store, {
		providers,
		maxAttempts: config.maxAttempts,
		backoff: { baseMs: config.backoffBaseMs, maxMs: config.backoffMaxMs },
		ratePerSecond: config.ratePerSecond,
	});
	const byName = new Map(providers.map((provider) => [provider.name, provider]));
	return new Worker(ledger, {
		lane: (name) => ({
			maxInFlight: config.maxInFlight,
			faultsToOpen: FAULTS_TO_OPEN,
			halfOpenAfterMs: HALF_OPEN_AFTER_MS,
			send: async ({ request }) => (await byName.get(name)?.send(request)) ?? { kind: 'released' },
		}),
		callTimeoutMs: config.timeoutMs,
		beatMs: BEAT_MS,
		maxInHand: MAX_IN_HAND,
		observe: (lane, outcome, call) => {
			if (call !== undefined && outcome.kind !== 'released')
				counted.attempt(lane, outcome.kind, call.durationMs / 1000);
		},
		onCircuit: (provider, isOpen, outcome) => notices.circuit({ provider }, isOpen, outcome),
		onPause: (provider, until) => notices.paused(provider, until),
		onError: (err) => notices.ledgerFailed(err),
	});
}

interface Mock {
	readonly provider: MockProvider;
	readonly url: string;
	readonly secret: string;
}

/** On loopback. Without a secret of the settings it signs with one of its own making. */
async function startMock(configured: string | undefined, serviceUrl: () => string): Promise<Mock> {
	const secret = configured ?? `whsec_${randomBytes(32).toString('base64')}`;
	const provider = createMockProvider({ callbacks: { url: serviceUrl, secret } });
	return { provider, url: await provider.listen(0, '127.0.0.1'), secret };
}

/** The mock provider for each channel that has no other. */
function withMock(config: OutboundConfig, { url, secret }: Mock): OutboundConfig {
	const { twilio, smtpUrl, smsProviderUrl, emailProviderUrl } = config;
	const hasSms = smsProviderUrl ?? twilio ?? config.smsFallbackProviderUrl;
	const hasEmail = emailProviderUrl ?? smtpUrl ?? config.emailFallbackProviderUrl;
	return {
		...config,
		webhookSecret: secret,
		smsProviderUrl: hasSms === undefined ? new URL(url) : smsProviderUrl,
		emailProviderUrl: hasEmail === undefined ? new URL(url) : emailProviderUrl,
	};
}
