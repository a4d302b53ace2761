import { Buffer } from 'node:buffer';
import { LRUCache } from 'lru-cache';
import type { Delivery } from '../live/ring.ts';

/** Of all cohorts together. */
const MAX_BYTES = 16 * 1024 * 1024;
/** What a text holds beside its characters, roughly; and one that is not ready. */
const [TEXT_OVERHEAD, PENDING_BYTES] = [100, 1_000];

/** The JSON of an execution result, the same for all of a cohort. */
export interface EventText {
	/** In UTF-8, a character for each byte: written as `latin1` it needs no converting any more. */
	readonly bytes: string;
}

export function eventText(json: string): EventText {
	const isAscii = Buffer.byteLength(json) === json.length;
	return { bytes: isAscii ? json : Buffer.from(json).toString('latin1') };
}

/** One cohort's texts, by the ids of deliveries. */
type Texts = Map<number, EventText | Promise<EventText>>;

interface Kept {
	readonly texts: Texts;
	readonly text: EventText | Promise<EventText>;
	readonly deliveryId: number;
}

/** The texts of all cohorts, each made once, and kept up to a bound for those who come to an event later. */
export class EventTexts {
	readonly #kept = new LRUCache<string, Kept>({
		maxSize: MAX_BYTES,
		sizeCalculation: ({ text }) => ('bytes' in text ? text.bytes.length + TEXT_OVERHEAD : PENDING_BYTES),
		dispose: ({ texts, deliveryId }, _key, reason) => {
			if (reason !== 'set') texts.delete(deliveryId);
		},
	});
	#cohorts = 0;

	/**
	 * A cohort's way to its texts: found by a number, since every follower asks for every event. What `make` throws or
	 * rejects with is not kept.
	 */
	ofCohort(
		make: (delivery: Delivery) => EventText | Promise<EventText>,
	): (delivery: Delivery) => EventText | Promise<EventText> {
		const texts: Texts = new Map();
		const cohort = this.#cohorts++;
		return (delivery) => {
			const { id: deliveryId } = delivery;
			const known = texts.get(deliveryId);
			if (known !== undefined) return known;
			const key = `${cohort} ${deliveryId}`;
			const keep = (text: EventText | Promise<EventText>) => {
				texts.set(deliveryId, text);
				this.#kept.set(key, { texts, text, deliveryId });
			};
			const text = make(delivery);
			keep(text);
			if (text instanceof Promise) text.then(keep, () => this.#kept.delete(key));
			return text;
		};
	}
}
