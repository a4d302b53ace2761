const EVENT = `{
		__typename
		sequence
		occurredAt
		... on MessageSent { message { id sequence body createdAt author { id name } } }
	}`;

/**
 * The operations that every server in the benchmarks answers. An error's message has an alias: beside a payload's
 * field of that name and of another type GraphQL refuses it (OverlappingFieldsCanBeMerged).
 */
export const OPERATIONS = {
	CreateConversation: `mutation CreateConversation($input: CreateConversationInput!) {
	createConversation(input: $input) {
		__typename
		... on CreateConversationPayload { conversation { id } }
		... on Error { code problem: message }
	}
}`,
	JoinConversation: `mutation JoinConversation($input: JoinConversationInput!) {
	joinConversation(input: $input) {
		__typename
		... on JoinConversationPayload { conversation { id } }
		... on Error { code problem: message }
	}
}`,
	SendMessage: `mutation SendMessage($input: SendMessageInput!) {
	sendMessage(input: $input) {
		__typename
		... on SendMessagePayload { message { id sequence } }
		... on Error { code problem: message retryable }
	}
}`,
	Head: `query Head($id: ID!) { conversation(id: $id) { lastSequence } }`,
	HistoryPage: `query HistoryPage($id: ID!) {
	conversation(id: $id) {
		messages(last: 50) {
			edges { cursor node { id sequence body createdAt author { id name } } }
			pageInfo { hasPreviousPage startCursor }
		}
	}
}`,
	HistoryKeys: `query HistoryKeys($id: ID!, $before: String) {
	conversation(id: $id) {
		messages(last: 100, before: $before) {
			edges { node { clientMessageId } }
			pageInfo { hasPreviousPage startCursor }
		}
	}
}`,
	Follow: `subscription Follow($conversationId: ID!) {
	conversationEvents(conversationId: $conversationId) ${EVENT}
}`,
	/** The product's alone, as the next one is: the others know nothing like it. */
	SendOutboundMessage: `mutation SendOutboundMessage($input: SendOutboundMessageInput!) {
	sendOutboundMessage(input: $input) {
		__typename
		... on SendOutboundMessagePayload { message { id sequence } }
		... on Error { code problem: message retryable }
	}
}`,
	Resume: `subscription Follow($conversationId: ID!, $after: Int!) {
	conversationEvents(conversationId: $conversationId, after: $after) ${EVENT}
}`,
} as const;

export type OperationName = keyof typeof OPERATIONS;

/** The JSON of a GraphQL request. */
export function requestBody(operationName: OperationName, variables: Record<string, unknown>): string {
	return JSON.stringify({ operationName, query: OPERATIONS[operationName], variables });
}

const SENTENCE = 'The parcel left the depot this morning and should be with you before noon tomorrow. ';

/** A message's text of about 200 characters. */
export const MESSAGE_BODY = SENTENCE.repeat(3).slice(0, 200);
