import type { OutsideChannel } from '../conversations/outside.ts';

/** A message as a provider gets it. */
export interface ProviderRequest {
	/** The same over all attempts: the idempotency key, for a provider that takes one. */
	readonly id: string;
	/** E.164, or an email address. */
	readonly from: string;
	readonly to: string;
	readonly channel: OutsideChannel;
	readonly body: string;
	/** URLs. */
	readonly attachments: readonly string[];
	/** When its caller says that it was made. */
	readonly timestamp: Date;
}

const MAX_ERROR_CHARACTERS = 500;

/** What a ledger keeps of an error: its beginning, as text that every database takes. */
export function recordedError(error: string): string {
	return error.replaceAll('\0', '').slice(0, MAX_ERROR_CHARACTERS).toWellFormed();
}

/** How one call ended. `error` is for people: no secrets, of a body its reason alone, at most some 200 characters. */
export type ProviderOutcome =
	| { readonly kind: 'accepted'; readonly httpStatus?: number; readonly providerMessageId: string | null }
	/** It was certainly not accepted, and another time it may be. */
	| {
			readonly kind: 'retry';
			readonly httpStatus?: number;
			readonly error: string;
			/** How long the provider asks to wait, as it says: not bounded yet. */
			readonly retryAfterMs?: number;
			/** The provider takes nothing from anybody meanwhile (429). */
			readonly pausesProvider?: boolean;
			/** The provider is ill (5xx, time-out, no connection), not this message: counts for its circuit breaker. */
			readonly isProviderFault: boolean;
	  }
	/** It will never be accepted. */
	| { readonly kind: 'rejected'; readonly httpStatus?: number; readonly error: string }
	/** It may have been accepted. */
	| {
			readonly kind: 'unknown';
			readonly httpStatus?: number;
			readonly error: string;
			readonly isProviderFault: boolean;
	  };

/** Somebody who carries messages to the world. */
export interface Provider {
	/** Stands in the ledger: the same for ever, at most 24 characters. */
	readonly name: string;
	readonly channels: readonly OutsideChannel[];
	/** Whether a repeated request of the same id is not carried out twice, so that an unknown end may be tried again. */
	readonly isIdempotent: boolean;
	/** One call, which ends by itself within the provider's time-out. Never rejects for what the provider or the network does. */
	send(request: ProviderRequest): Promise<ProviderOutcome>;
	/** Ends the calls under way, and lets its connections go. */
	close(): Promise<void>;
}

/** The names of each channel's providers, in the order in which they are given. */
export function providersByChannel(
	providers: readonly Pick<Provider, 'name' | 'channels'>[],
): ReadonlyMap<OutsideChannel, readonly string[]> {
	const names = new Map<OutsideChannel, string[]>();
	for (const { name, channels } of providers)
		for (const channel of channels) names.set(channel, [...(names.get(channel) ?? []), name]);
	return names;
}
