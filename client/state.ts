/** How it stands with a conversation that is followed. */
export type State =
	| { readonly name: 'connecting' }
	/** Connected, and not yet where the log ended at that moment. */
	| { readonly name: 'catching-up' }
	/** What happens arrives. */
	| { readonly name: 'live' }
	/** Tried again at `retryAt` (milliseconds since the epoch), or before when the browser says that the network is back. */
	| { readonly name: 'offline'; readonly retryAt: number; readonly reason: unknown }
	/** For good; nothing more arrives. */
	| Ended;

export type Ended =
	/** `left`: the viewer has left the conversation, or was removed, and has had all up to then. `stopped`: by `stop` or `close`. */
	| { readonly name: 'ended'; readonly reason: 'left' | 'stopped' }
	/** Two tokens in a row were refused. */
	| { readonly name: 'ended'; readonly reason: 'unauthenticated' }
	/** It cannot be followed: there is no access (NOT_FOUND), or the document is not right. */
	| { readonly name: 'ended'; readonly reason: 'refused'; readonly errors: readonly ResultError[] };

/** An error of a GraphQL answer. */
export interface ResultError {
	readonly message: string;
	readonly extensions?: { readonly [name: string]: unknown };
}
