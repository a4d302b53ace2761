import type { Domain } from '../conversations/domain.ts';
import type { OutsideChannel } from '../conversations/outside.ts';
import type { OutboundStore } from './store.ts';

/** What the use cases of this room work on. */
export interface Outbound {
	readonly domain: Domain;
	readonly store: OutboundStore;
	/** Those that have a provider. */
	readonly channels: ReadonlySet<OutsideChannel>;
	/** The names of each channel's providers, in the order in which they are asked. */
	readonly providers: ReadonlyMap<OutsideChannel, readonly string[]>;
	/** Messages a second that a provider of the channel takes; undefined without a limit. For the preview. */
	readonly ratePerSecond: number | undefined;
	/** The answer to HELP; undefined gives none. */
	readonly helpReply: string | undefined;
	/** Whether a URL leads outside, its name resolved. @throws InvalidInputError naming the field. */
	readonly checkUrl: (field: string, url: string) => Promise<void>;
}
