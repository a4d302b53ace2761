/** The part of the product's schema that the benchmarks speak to, under the same names. */
export const typeDefs = /* GraphQL */ `
	scalar DateTime

	enum Role { CUSTOMER AGENT ADMIN }
	enum Channel { CHAT SMS MMS EMAIL }
	enum Visibility { PRIVATE OPEN }
	enum ErrorCode { NOT_FOUND INVALID_INPUT }

	interface Node { id: ID! }
	interface Error { code: ErrorCode! message: String! retryable: Boolean! }
	type NotFoundError implements Error { code: ErrorCode! message: String! retryable: Boolean! }
	type InvalidInputError implements Error { code: ErrorCode! message: String! retryable: Boolean! field: String! }

	type User implements Node { id: ID! subject: String! name: String! role: Role! }
	type Conversation implements Node {
		id: ID!
		subject: String
		lastSequence: Int!
		createdAt: DateTime!
		messages(last: Int, before: String): ConversationMessagesConnection!
	}
	type Message implements Node {
		id: ID!
		sequence: Int!
		author: User
		body: String!
		createdAt: DateTime!
		clientMessageId: String
	}
	type ConversationMessagesConnection { edges: [ConversationMessagesConnectionEdge!]! pageInfo: PageInfo! }
	type ConversationMessagesConnectionEdge { cursor: String! node: Message! }
	type PageInfo { hasPreviousPage: Boolean! startCursor: String endCursor: String }

	type Query { conversation(id: ID!): Conversation }

	input CreateConversationInput { subject: String channel: Channel visibility: Visibility }
	input JoinConversationInput { conversationId: ID! }
	input SendMessageInput { conversationId: ID! body: String! clientMessageId: String }
	type CreateConversationPayload { conversation: Conversation! }
	type JoinConversationPayload { conversation: Conversation! }
	type SendMessagePayload { message: Message! }
	union CreateConversationResult = CreateConversationPayload | InvalidInputError
	union JoinConversationResult = JoinConversationPayload | NotFoundError
	union SendMessageResult = SendMessagePayload | NotFoundError | InvalidInputError
	type Mutation {
		createConversation(input: CreateConversationInput!): CreateConversationResult!
		joinConversation(input: JoinConversationInput!): JoinConversationResult!
		sendMessage(input: SendMessageInput!): SendMessageResult!
	}

	interface ConversationEvent { conversationId: ID! sequence: Int! occurredAt: DateTime! actor: User }
	type MessageSent implements ConversationEvent {
		conversationId: ID!
		sequence: Int!
		occurredAt: DateTime!
		actor: User
		message: Message!
	}
	type Subscription { conversationEvents(conversationId: ID!): ConversationEvent! }
`;
