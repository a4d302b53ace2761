import type { ConversationEvent } from '../conversations/model.ts';
import type { ConversationStore, UserStore } from '../conversations/store.ts';
import { usersOf, webhookPayload } from './payload.ts';
import type { WebhookDelivery } from './webhook.ts';

/** At most, of one conversation in one read. */
const EVENTS_READ = 50;

type Told = Pick<WebhookDelivery, 'id' | 'conversationId' | 'sequence'>;

/** What deliveries tell, as it is when it is asked for. */
export class Payloads {
	readonly #events: Pick<ConversationStore, 'eventsAfter'>;
	readonly #users: Pick<UserStore, 'byIds'>;

	constructor(events: Pick<ConversationStore, 'eventsAfter'>, users: Pick<UserStore, 'byIds'>) {
		this.#events = events;
		this.#users = users;
	}

	/** By the deliveries' ids; one whose event is not there is absent. */
	async of(deliveries: readonly Told[]): Promise<ReadonlyMap<string, string>> {
		const byConversation = Map.groupBy(deliveries, ({ conversationId }) => conversationId);
		const read = Array.from(byConversation, ([id, told]) =>
			this.#read(
				id,
				told.map(({ sequence }) => sequence),
			),
		);
		const events = new Map((await Promise.all(read)).flat().map((event) => [placeOf(event), event]));
		const users = await this.#users.byIds([...new Set(Array.from(events.values()).flatMap(usersOf))]);
		const known = new Map(users.map((user) => [user.id, user]));
		return new Map(
			deliveries.flatMap((delivery) => {
				const event = events.get(placeOf(delivery));
				return event === undefined ? [] : [[delivery.id, webhookPayload(event, known)]];
			}),
		);
	}

	/** Events of one conversation: those that lie close together in one read. */
	async #read(conversationId: string, wanted: readonly number[]): Promise<readonly ConversationEvent[]> {
		const sequences = wanted.toSorted((a, b) => a - b);
		const events: ConversationEvent[] = [];
		for (let index = 0; index < sequences.length; ) {
			const first = sequences[index] ?? 0;
			const near = sequences.slice(index).filter((sequence) => sequence < first + EVENTS_READ);
			const count = Math.max(...near) - first + 1;
			events.push(...(await this.#events.eventsAfter(conversationId, first - 1, count)));
			index += near.length;
		}
		return events;
	}
}

function placeOf({ conversationId, sequence }: Pick<Told, 'conversationId' | 'sequence'>): string {
	return `${conversationId} ${sequence}`;
}
