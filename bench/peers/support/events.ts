import { PubSub } from 'graphql-subscriptions';
import type { Events } from './resolvers.ts';

/** The in-process PubSub that Apollo's documentation takes. */
export function createEvents(): Events {
	const pubsub = new PubSub();
	return {
		publish: (conversationId, event) => {
			// This PubSub delivers synchronously; its promise is always fulfilled.
			void pubsub.publish(conversationId, event);
		},
		subscribe: (conversationId) => pubsub.asyncIterableIterator(conversationId),
	};
}
