import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

export interface GraphiQLPage {
	/** Filled into the page's headers, so that it works at the first click. Never in production. */
	readonly token: string | undefined;
}

/** The page for people at /graphql: all of it comes from this service; subscriptions go over the WebSocket. */
export function renderGraphiQLPage({ token }: GraphiQLPage): string {
	const headers = JSON.stringify({ authorization: `Bearer ${token ?? '<a token>'}` }, null, 2);
	return renderGraphiQL({
		title: 'Pendo Message Service',
		endpoint: '/graphql',
		subscriptionsProtocol: 'WS',
		shouldPersistHeaders: false,
		defaultHeaders: headers,
		headers,
		defaultTabs: TOUR.map((query) => ({ query, headers })),
	});
}

/** A first tour, a tab a step. */
const TOUR = [
	`# 1. Create a conversation. Copy its id into the other tabs.
mutation Create {
  createConversation(input: { subject: "My first conversation", visibility: OPEN }) {
    ... on CreateConversationPayload {
      conversation { id subject lastSequence }
    }
    ... on Error { code message }
  }
}
`,
	`# 2. Follow it: run this and leave the tab open. Events arrive as they happen.
subscription Follow {
  conversationEvents(conversationId: "PASTE THE ID", after: 0) {
    __typename
    sequence
    actor { name }
    ... on MessageSent { message { body } }
    ... on MessageEdited { message { body } }
  }
}
`,
	`# 3. Join it, as another user would (with a token of theirs in the headers below).
mutation Join {
  joinConversation(input: { conversationId: "PASTE THE ID" }) {
    ... on JoinConversationPayload {
      membership { joinedAt lastReadSequence }
    }
    ... on Error { code message }
  }
}
`,
	`# 4. Send. Run it twice: the key makes the second run a retry, and one message is stored.
mutation Send {
  sendMessage(
    input: { conversationId: "PASTE THE ID", body: "Hello!", clientMessageId: "first-message" }
  ) {
    ... on SendMessagePayload {
      message { id sequence body createdAt }
    }
    ... on Error { code message retryable }
  }
}
`,
	`# 5. Read the history, newest page first.
query History {
  conversation(id: "PASTE THE ID") {
    subject
    unreadCount
    messages(last: 20) {
      edges { node { sequence body createdAt author { name } } }
      pageInfo { hasPreviousPage startCursor }
    }
  }
}
`,
];
