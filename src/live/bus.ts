import type { ConversationEvent } from '../conversations/model.ts';
import type { User } from '../identity/viewer.ts';
import type { Sighting } from './roster.ts';

/** What is told of a conversation and not kept. */
export type ActivitySignal =
	| { readonly kind: 'sighting'; readonly sighting: Sighting }
	| { readonly kind: 'read'; readonly user: User; readonly sequence: number };

export type WakeUp =
	/** New events of the log, in order, and when they were committed (milliseconds since the epoch). */
	| { readonly kind: 'events'; readonly events: readonly ConversationEvent[]; readonly committedAt?: number }
	/** The log has grown to here; too large to carry. */
	| { readonly kind: 'head'; readonly sequence: number }
	| { readonly kind: 'activity'; readonly signal: ActivitySignal };

/**
 * Carries wake-ups between the nodes that serve one database. A hint: it may lose, double and delay, and a follower
 * must lose nothing but time by that. Each conversation is a channel of its own.
 */
export interface Bus {
	/** Never throws and never waits: called after a commit, outside the request. */
	publish(conversationId: string, wakeUp: WakeUp): void;
	/**
	 * Answers once the bus has acknowledged: what is published from then on arrives, as far as a hint does. A bus that
	 * cannot be reached is not waited for: it acknowledges later, and tells that as an interruption.
	 * The handler must not throw. The answer unsubscribes.
	 */
	subscribe(conversationId: string, handler: (wakeUp: WakeUp) => void): Promise<() => void>;
	/** Called whenever wake-ups may have been lost, so that every feed looks at its log. */
	onInterruption(listener: () => void): void;
	close(): Promise<void>;
}
