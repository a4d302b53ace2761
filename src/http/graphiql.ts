import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

export interface GraphiQLPage {
	/** Tokens that the page signs in with, so that it works at the first click. Never in production. */
	readonly tokens: { readonly agent: string; readonly customer: string } | undefined;
}

/** The page for people at /graphql: all of it comes from this service; subscriptions go over the WebSocket. */
export function renderGraphiQLPage({ tokens }: GraphiQLPage): string {
	const agent = tokens && { authorization: `Bearer ${tokens.agent}` };
	const customer = JSON.stringify({ authorization: `Bearer ${tokens?.customer ?? '<a token>'}` }, null, 2);
	const options = {
		title: 'Pendo Message Service',
		endpoint: '/graphql',
		subscriptionsProtocol: 'WS' as const,
		shouldPersistHeaders: true,
		// The editor's headers win over it.
		additionalHeaders: agent ?? {},
		// What a reload looks for among the tabs.
		query: CREATE,
		defaultTabs: [
			{ query: CREATE },
			{ query: JOIN, variables: WHERE, headers: customer },
			{ query: SEND, variables: WHERE, headers: customer },
			{ query: FOLLOW, variables: WHERE },
			{ query: HISTORY },
			{ query: TEXT },
		],
		[PLACE]: null,
	};
	return renderGraphiQL(options).replace(`"${PLACE}":null`, () => ownScript(agent ?? {}));
}

const PLACE = 'pendoMessageOptions';

/**
 * Options that JSON cannot carry. GraphiQL's WebSocket knows nothing of the headers' editor, so its connection
 * parameters are read from what the page keeps of the open tab; that holds tokens, so it ends with the browser's tab.
 */
function ownScript(signedIn: { readonly authorization?: string }): string {
	return `storage: sessionStorage, connectionParams: () => {
		const { tabs, activeTabIndex } = JSON.parse(sessionStorage.getItem('graphiql:tabState'));
		return { ...${JSON.stringify(signedIn)}, ...JSON.parse(tabs[activeTabIndex].headers || '{}') };
	}`;
}

const WHERE = JSON.stringify({ id: 'PASTE THE ID FROM THE FIRST TAB' }, null, 2);

/** A first tour, a tab a step. */
const CREATE = `# 1. Create a conversation, as an agent. Copy its id.
mutation Create {
  createConversation(input: { subject: "Hello", visibility: OPEN }) {
    ... on CreateConversationPayload {
      conversation { id subject lastSequence }
    }
    ... on Error { code message }
  }
}
`;

const JOIN = `# 2. Join it, as a customer: paste the id into
#    the variables below. The headers hold a
#    customer's token.
mutation Join($id: ID!) {
  joinConversation(input: { conversationId: $id }) {
    ... on JoinConversationPayload {
      membership { joinedAt lastReadSequence }
    }
    ... on Error { code message }
  }
}
`;

const SEND = `# 3. Send, as the customer. Run it twice:
#    the key makes the second run a retry,
#    and one message is stored.
mutation Send($id: ID!) {
  sendMessage(input: {
    conversationId: $id
    body: "Hello!"
    clientMessageId: "first-message"
  }) {
    ... on SendMessagePayload {
      message { id sequence body createdAt }
    }
    ... on Error { code reason: message retryable }
  }
}
`;

const FOLLOW = `# 4. Follow it: all that happened so far, then
#    live. Run this, and send from a second
#    window of this page.
subscription Follow($id: ID!) {
  conversationEvents(conversationId: $id, after: 0) {
    __typename
    sequence
    actor { name }
    ... on MessageSent { message { body } }
    ... on MessageEdited { message { body } }
    ... on DeliveryChanged {
      message { delivery {
        status
        error
        attempts { number outcome httpStatus }
      } }
    }
  }
}
`;

const HISTORY = `# 5. Read the conversation with the newest
#    activity, from its end.
query History {
  conversations(first: 1) {
    edges { node {
      subject
      unreadCount
      messages(last: 20) {
        edges { node {
          sequence
          body
          createdAt
          author { name }
        } }
        pageInfo { hasPreviousPage startCursor }
      }
    } }
  }
}
`;

const TEXT = `# 6. Text somebody outside, as an agent. Unless
#    providers are set, a mock one plays: it has
#    this number wait at first (429), and then
#    delivers. Follow the conversation in tab 4.
mutation Text {
  sendOutboundMessage(input: {
    from: "+11234567890"
    to: "+10987654321"
    type: SMS
    body: "Test message"
  }) {
    ... on SendOutboundMessagePayload {
      message {
        conversation { id }
        delivery { status }
      }
    }
    ... on Error { code reason: message retryable }
  }
}
`;
