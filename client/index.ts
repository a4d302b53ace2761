import type { WebSocketClass } from './connection.ts';
import { Following } from './following.ts';
import { Line } from './line.ts';
import { conversationLog, type Place } from './log.ts';
import type { ResultError, State } from './state.ts';

export type { WebSocketClass } from './connection.ts';
export type { Place } from './log.ts';
export type { Ended, ResultError, State } from './state.ts';

export interface PendoClientOptions {
	/** The service's /graphql, as http(s) or ws(s); in a browser also relative to the page. */
	readonly url: string | URL;
	/**
	 * Asked before each connection, and some time before a token ends. `expired` is the one that no longer does, or soon
	 * will not: answer with another. Where it throws, it is asked the same again later.
	 */
	readonly token: (expired?: string) => string | Promise<string>;
	/** For Node before 22: `WebSocket` of the package ws. */
	readonly webSocketImpl?: WebSocketClass;
	/** A silent connection is asked for a sign of life after so long. 15,000 ms. */
	readonly keepAliveMs?: number;
	/** How long a connection, or a sign of life, may take. 10,000 ms. */
	readonly timeoutMs?: number;
	/** The first wait before the next attempt is up to this long; each one after may take twice as long. 1,000 ms. */
	readonly minRetryMs?: number;
	/** No wait is longer. 30,000 ms. */
	readonly maxRetryMs?: number;
}

/** A subscription as text, or as code generators type one. */
export type SubscriptionDocument<Data> =
	| string
	| { toString(): string; readonly __apiType?: (variables: never) => Data };

export interface FollowOptions<Data> {
	readonly conversationId: string;
	/**
	 * Takes `$conversationId`, `$after` and `$epoch`, and selects `__typename` and `sequence`:
	 * `subscription ($conversationId: ID!, $after: Int, $epoch: String) {
	 *   conversationEvents(conversationId: $conversationId, after: $after, epoch: $epoch) { __typename sequence … } }`
	 */
	readonly query: SubscriptionDocument<Data>;
	/** Further variables of the document. */
	readonly variables?: Readonly<Record<string, unknown>>;
	/** `lastSequence` and `epoch`, as read with the history that is shown. Without `after`: from now on. */
	readonly after?: number | undefined;
	readonly epoch?: string | undefined;
	/** Each event once and in order; `result` is the answer that it came in. */
	readonly onEvent: (event: EventOf<Data>, result: FollowResult<Data>) => void;
	/**
	 * The service cannot go on from where this client is: load the history again, and answer with its `lastSequence` (as
	 * `after`) and `epoch`, to go on from there. Where it fails, or the service cannot go on from there either, it is
	 * asked again later.
	 */
	readonly onReset: (reset: ResetOf<Data>) => Place | Promise<Place>;
	/** Told of each change. */
	readonly onState?: (state: State) => void;
}

export interface WatchOptions<Data> {
	readonly query: SubscriptionDocument<Data>;
	readonly variables?: Readonly<Record<string, unknown>>;
	readonly onEvent: (event: Data[keyof Data], result: FollowResult<Data>) => void;
	readonly onState?: (state: State) => void;
}

export interface FollowResult<Data> {
	readonly data?: Data | null;
	readonly errors?: readonly ResultError[];
}

/** What a document without a type of its own brings. */
export interface PlainEvents {
	readonly [field: string]: {
		readonly __typename: string;
		readonly sequence: number;
		readonly [field: string]: unknown;
	};
}

export type EventOf<Data> = Exclude<Data[keyof Data], { readonly __typename: 'HistoryReset' }>;
export type ResetOf<Data> = Data[keyof Data] extends infer Event
	? Event extends { readonly __typename: infer Type }
		? 'HistoryReset' extends Type
			? Event
			: never
		: never
	: never;

/** What is followed. */
export interface FollowedConversation {
	readonly state: State;
	/** Where it stands: what to begin with another time. Undefined until it is known. */
	readonly place: Place | undefined;
	readonly stop: () => void;
}

export interface PendoClient {
	/** Follows a conversation until it is stopped, left or refused: across lost connections, restarts and tokens. */
	follow<Data = PlainEvents>(options: FollowOptions<Data>): FollowedConversation;
	/** Follows what is not kept, `conversationActivity`: from now on, and again after each break. */
	watch<Data = PlainEvents>(options: WatchOptions<Data>): Pick<FollowedConversation, 'state' | 'stop'>;
	/** Stops all that is followed, and closes the connection. */
	close(): void;
}

/** What the client uses of a browser; elsewhere there is none of it. */
interface Page {
	readonly WebSocket?: WebSocketClass;
	readonly location?: { readonly href: string };
	readonly document?: EventSource & { readonly visibilityState: string };
	readonly addEventListener?: EventSource['addEventListener'];
	readonly removeEventListener?: EventSource['removeEventListener'];
}

interface EventSource {
	addEventListener(type: string, listener: () => void): void;
	removeEventListener(type: string, listener: () => void): void;
}

const page = globalThis as unknown as Page;

/** A client of the service: one connection, which is open while something is followed. */
export function createPendoClient({
	url,
	token,
	webSocketImpl = page.WebSocket,
	keepAliveMs = 15_000,
	timeoutMs = 10_000,
	minRetryMs = 1_000,
	maxRetryMs = 30_000,
}: PendoClientOptions): PendoClient {
	if (!webSocketImpl) throw new Error('There is no WebSocket here: pass one as webSocketImpl.');
	const address = new URL(url, page.location?.href).href.replace(/^http/, 'ws');
	// A WebSocket would throw, where nobody could catch it.
	if (!/^wss?:[^#]+$/.test(address)) throw new Error(`This is no address of a service: ${url}`);
	const limits = { keepAliveMs, timeoutMs, minRetryMs, maxRetryMs };
	const line = new Line({ url: address, token, webSocketImpl, ...limits });
	const wake = () => page.document?.visibilityState !== 'hidden' && line.wake();
	page.addEventListener?.('online', wake);
	page.document?.addEventListener('visibilitychange', wake);
	return {
		follow: ({ conversationId, query, variables, after, epoch, onEvent, onReset, onState }) =>
			new Following(
				line,
				conversationLog(conversationId),
				after === undefined ? undefined : { after, epoch },
				{ query: String(query), variables, onEvent, onReset, onState },
			),
		watch: ({ query, variables, onEvent, onState }) =>
			new Following(line, undefined, undefined, { query: String(query), variables, onEvent, onState }),
		close: () => {
			page.removeEventListener?.('online', wake);
			page.document?.removeEventListener('visibilitychange', wake);
			line.close();
		},
	};
}
