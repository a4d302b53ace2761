/** As an application follows events with the product's client. */
export const FOLLOW_EVENTS = `subscription Follow($conversationId: ID!, $after: Int, $epoch: String) {
	conversationEvents(conversationId: $conversationId, after: $after, epoch: $epoch) {
		__typename
		sequence
		... on MessageSent { message { id body } }
	}
}`;

export const WATCH_ACTIVITY = `subscription Watch($conversationId: ID!) {
	conversationActivity(conversationId: $conversationId) { __typename ... on TypingChanged { typing } }
}`;

/** The sequences that somebody has heard of, in the order in which they came. */
export class Heard {
	readonly sequences: number[] = [];
	readonly #waiting: { readonly sequence: number; readonly resolve: () => void }[] = [];

	hear(sequence: number): void {
		this.sequences.push(sequence);
		for (const waiting of this.#waiting) if (sequence >= waiting.sequence) waiting.resolve();
	}

	/** Settles once it has heard of this sequence or a later one; the test's time limit is its end. */
	async reaches(sequence: number): Promise<void> {
		if ((this.sequences.at(-1) ?? 0) < sequence)
			await new Promise<void>((resolve) => this.#waiting.push({ sequence, resolve }));
	}
}
