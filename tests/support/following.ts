import { WebSocket } from 'ws';
import {
	createPendoClient,
	type FollowedConversation,
	type PendoClient,
	type PendoClientOptions,
	type Place,
	type State,
	type WebSocketClass,
} from '../../client/index.ts';
import { FollowDocument, type FollowSubscription } from '../generated/graphql.ts';

type Event = FollowSubscription['conversationEvents'];

/** A class of WebSockets that keeps the ones that were made, and sends what `alter` makes of a text. */
export function observedSockets(alter = (text: string) => text): {
	readonly made: WebSocket[];
	readonly webSocketImpl: WebSocketClass;
} {
	const made: WebSocket[] = [];
	class Observed extends WebSocket {
		constructor(address: string, protocols?: string | string[]) {
			super(address, protocols);
			made.push(this);
		}

		override send(text: string): void {
			super.send(alter(text));
		}
	}
	return { made, webSocketImpl: Observed };
}

/** A client that does not wait for long. */
export function pendoClient(
	port: number,
	token: PendoClientOptions['token'],
	options: Partial<PendoClientOptions> = {},
): PendoClient {
	return createPendoClient({
		url: `http://127.0.0.1:${port}/graphql`,
		token,
		webSocketImpl: WebSocket,
		minRetryMs: 10,
		maxRetryMs: 100,
		...options,
	});
}

interface Begin {
	readonly after?: number;
	readonly epoch?: string;
	/** Loads the history again. */
	readonly reload?: () => Promise<Place>;
	readonly onEvent?: (event: Event) => void;
	readonly onState?: (state: State) => void;
	readonly query?: string;
}

/** A conversation followed by the product's client, and all that it said. */
export class Followed {
	readonly events: Event[] = [];
	readonly states: State[] = [];
	readonly resets: Event[] = [];
	/** The sequences of events and the names of states, in the order in which they were told. */
	readonly story: (number | string)[] = [];
	readonly following: FollowedConversation;
	readonly #waiting = new Set<{ readonly wanted: () => boolean; readonly resolve: () => void }>();

	constructor(
		client: PendoClient,
		id: string,
		{ after, epoch, reload, onEvent, onState, query }: Begin = {},
	) {
		this.following = client.follow({
			conversationId: id,
			query: query ?? FollowDocument,
			variables: { id },
			after,
			epoch,
			onEvent: (event) => {
				this.events.push(event);
				this.story.push(event.sequence);
				this.#tell();
				onEvent?.(event);
			},
			onReset: async (reset) => {
				this.resets.push(reset);
				this.#tell();
				return (await reload?.()) ?? { after: reset.resumeFrom };
			},
			onState: (state) => {
				this.states.push(state);
				this.story.push(state.name);
				this.#tell();
				onState?.(state);
			},
		});
	}

	get sequences(): number[] {
		return this.events.map(({ sequence }) => sequence);
	}

	get stateNames(): string[] {
		return this.states.map(({ name }) => name);
	}

	/** Has had the event with this sequence. */
	reaches(sequence: number): Promise<void> {
		return this.until(() => (this.events.at(-1)?.sequence ?? 0) >= sequence);
	}

	/** Is in this state. */
	is(name: State['name']): Promise<void> {
		return this.until(() => this.following.state.name === name);
	}

	/** Has been told something after which this holds; the test's time limit is its end. */
	async until(wanted: () => boolean): Promise<void> {
		if (!wanted()) await new Promise<void>((resolve) => this.#waiting.add({ wanted, resolve }));
	}

	#tell(): void {
		for (const waiting of this.#waiting) {
			if (!waiting.wanted()) continue;
			this.#waiting.delete(waiting);
			waiting.resolve();
		}
	}
}
