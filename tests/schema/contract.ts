/** The public names of the chat: what stands here keeps its name, shape and meaning, for clients are written against it. */
export const CONTRACT = /* GraphQL */ `
scalar DateTime

interface Node { id: ID! }
interface Error { code: ErrorCode! message: String! retryable: Boolean! }

enum ErrorCode {
	NOT_FOUND FORBIDDEN INVALID_INPUT IDEMPOTENCY_CONFLICT CONVERSATION_CLOSED CONVERSATION_MOVED CONTACT_OPTED_OUT
	DELIVERY_CONFLICT RATE_LIMITED SERVICE_BUSY
}

type NotFoundError implements Error { code: ErrorCode! message: String! retryable: Boolean! }
type ForbiddenError implements Error { code: ErrorCode! message: String! retryable: Boolean! }
type InvalidInputError implements Error { code: ErrorCode! message: String! retryable: Boolean! field: String! }
type IdempotencyConflictError implements Error { code: ErrorCode! message: String! retryable: Boolean! }
type ConversationClosedError implements Error { code: ErrorCode! message: String! retryable: Boolean! }
type ConversationMovedError implements Error {
	code: ErrorCode! message: String! retryable: Boolean! missed: [Message!]!
}
type ContactOptedOutError implements Error { code: ErrorCode! message: String! retryable: Boolean! }
type DeliveryConflictError implements Error {
	code: ErrorCode! message: String! retryable: Boolean! status: DeliveryStatus!
}
type RateLimitedError implements Error { code: ErrorCode! message: String! retryable: Boolean! retryAfter: Int! }
type ServiceBusyError implements Error { code: ErrorCode! message: String! retryable: Boolean! retryAfter: Int! }

enum Role { CUSTOMER AGENT ADMIN }
enum Channel { CHAT SMS MMS EMAIL }
enum ConversationStatus { OPEN PENDING SNOOZED RESOLVED }
enum Visibility { PRIVATE OPEN }

type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }

type User implements Node { id: ID! subject: String! name: String! role: Role! }

type Conversation implements Node {
	id: ID!
	subject: String
	channel: Channel!
	status: ConversationStatus!
	visibility: Visibility!
	lastSequence: Int!
	epoch: String!
	closedAt: DateTime
	createdAt: DateTime!
	lastActivityAt: DateTime!
	members(first: Int, after: String, last: Int, before: String): ConversationMembersConnection!
	messages(first: Int, after: String, last: Int, before: String): ConversationMessagesConnection!
	viewerMembership: Membership
	unreadCount: Int!
}
type ConversationMembersConnection { edges: [ConversationMembersConnectionEdge!]! pageInfo: PageInfo! }
type ConversationMembersConnectionEdge { cursor: String! node: Membership! }
type ConversationMessagesConnection { edges: [ConversationMessagesConnectionEdge!]! pageInfo: PageInfo! }
type ConversationMessagesConnectionEdge { cursor: String! node: Message! }

type Membership { user: User! joinedAt: DateTime! leftAt: DateTime lastReadSequence: Int! }

type Message implements Node {
	id: ID!
	conversation: Conversation!
	sequence: Int!
	author: User
	body: String!
	createdAt: DateTime!
	editedAt: DateTime
	deletedAt: DateTime
	clientMessageId: String
	replyTo: Message
	internal: Boolean!
	channel: Channel!
	attachments: [Attachment!]!
	contact: Contact
	delivery: Delivery
	revisions: [MessageRevision!]
}
type MessageRevision { number: Int! body: String! createdAt: DateTime! }

type Attachment { url: String! contentType: String size: Int }
type Contact { address: String! channel: Channel! }

enum DeliveryStatus { QUEUED SENDING RETRYING SENT DELIVERED UNDELIVERED FAILED DEAD UNKNOWN CANCELED }
enum AttemptOutcome { ACCEPTED RETRY REJECTED UNKNOWN }
type Delivery {
	status: DeliveryStatus!
	attempts: [DeliveryAttempt!]!
	nextAttemptAt: DateTime
	providerMessageId: String
	error: String
}
type DeliveryAttempt { number: Int! startedAt: DateTime! durationMs: Int httpStatus: Int outcome: AttemptOutcome! }

interface ConversationEvent { conversationId: ID! sequence: Int! occurredAt: DateTime! actor: User }
type MessageSent implements ConversationEvent {
	conversationId: ID! sequence: Int! occurredAt: DateTime! actor: User message: Message!
}
type MessageEdited implements ConversationEvent {
	conversationId: ID! sequence: Int! occurredAt: DateTime! actor: User message: Message!
}
type MessageDeleted implements ConversationEvent {
	conversationId: ID! sequence: Int! occurredAt: DateTime! actor: User message: Message!
}
type MemberJoined implements ConversationEvent {
	conversationId: ID! sequence: Int! occurredAt: DateTime! actor: User member: Membership!
}
type MemberLeft implements ConversationEvent {
	conversationId: ID! sequence: Int! occurredAt: DateTime! actor: User member: Membership!
}
type ConversationChanged implements ConversationEvent {
	conversationId: ID! sequence: Int! occurredAt: DateTime! actor: User conversation: Conversation!
}
type DeliveryChanged implements ConversationEvent {
	conversationId: ID! sequence: Int! occurredAt: DateTime! actor: User message: Message!
}
enum HistoryResetReason { AHEAD PURGED REPLACED }
type HistoryReset implements ConversationEvent {
	conversationId: ID! sequence: Int! occurredAt: DateTime! actor: User reason: HistoryResetReason! resumeFrom: Int!
}

union ConversationActivity = TypingChanged | PresenceChanged | ReadMarkerMoved
type TypingChanged { user: User! typing: Boolean! }
type PresenceChanged { user: User! online: Boolean! }
type ReadMarkerMoved { user: User! sequence: Int! }

enum HealthStatus { OK DEGRADED DOWN }
type HealthReport { status: HealthStatus! parts: [HealthPart!]! }
type HealthPart { name: String! status: HealthStatus! latencyMs: Float detail: String }

type Query {
	viewer: User!
	node(id: ID!): Node
	nodes(ids: [ID!]!): [Node]!
	users(search: String, first: Int, after: String, last: Int, before: String): QueryUsersConnection!
	conversation(id: ID!): Conversation
	conversations(
		filter: ConversationFilter, first: Int, after: String, last: Int, before: String
	): QueryConversationsConnection!
	health: HealthReport!
	deadLetters(
		status: [DeliveryStatus!], first: Int, after: String, last: Int, before: String
	): QueryDeadLettersConnection!
	previewOutboundMessage(input: SendOutboundMessageInput!): OutboundPreview!
	webhooks: [Webhook!]!
	webhook(id: ID!): Webhook
}
enum WebhookEvent {
	MESSAGE_SENT MESSAGE_EDITED MESSAGE_DELETED MEMBER_JOINED MEMBER_LEFT CONVERSATION_CHANGED DELIVERY_CHANGED
}
enum WebhookDeliveryStatus { QUEUED SENDING RETRYING DELIVERED DEAD }
type Webhook {
	id: ID!
	url: String!
	events: [WebhookEvent!]!
	enabled: Boolean!
	disabledReason: String
	createdAt: DateTime!
	updatedAt: DateTime!
	deliveries(
		status: [WebhookDeliveryStatus!], first: Int, after: String, last: Int, before: String
	): WebhookDeliveriesConnection!
}
type WebhookDeliveriesConnection { edges: [WebhookDeliveriesConnectionEdge!]! pageInfo: PageInfo! }
type WebhookDeliveriesConnectionEdge { cursor: String! node: WebhookDelivery! }
type WebhookDelivery {
	id: ID!
	event: WebhookEvent!
	conversationId: ID!
	sequence: Int!
	status: WebhookDeliveryStatus!
	attempts: [WebhookAttempt!]!
	nextAttemptAt: DateTime
	error: String
	createdAt: DateTime!
	updatedAt: DateTime!
}
type WebhookAttempt { number: Int! startedAt: DateTime! durationMs: Int httpStatus: Int outcome: AttemptOutcome! }
type QueryDeadLettersConnection { edges: [QueryDeadLettersConnectionEdge!]! pageInfo: PageInfo! }
type QueryDeadLettersConnectionEdge { cursor: String! node: Message! }
enum OutboundChannel { SMS MMS EMAIL }
enum SmsEncoding { GSM_7 UCS_2 }
type OutboundPreview {
	from: String!
	to: String!
	type: OutboundChannel!
	encoding: SmsEncoding
	units: Int
	segments: Int
	optedOut: Boolean!
	waitSeconds: Float!
}
type QueryUsersConnection { edges: [QueryUsersConnectionEdge!]! pageInfo: PageInfo! }
type QueryUsersConnectionEdge { cursor: String! node: User! }
type QueryConversationsConnection { edges: [QueryConversationsConnectionEdge!]! pageInfo: PageInfo! }
type QueryConversationsConnectionEdge { cursor: String! node: Conversation! }
input ConversationFilter {
	status: [ConversationStatus!]
	channel: [Channel!]
	visibility: Visibility
	closed: Boolean
	memberId: ID
	search: String
}

type Mutation {
	createConversation(input: CreateConversationInput!): CreateConversationResult!
	joinConversation(input: JoinConversationInput!): JoinConversationResult!
	leaveConversation(input: LeaveConversationInput!): LeaveConversationResult!
	addMember(input: AddMemberInput!): AddMemberResult!
	removeMember(input: RemoveMemberInput!): RemoveMemberResult!
	closeConversation(input: CloseConversationInput!): CloseConversationResult!
	sendMessage(input: SendMessageInput!): SendMessageResult!
	editMessage(input: EditMessageInput!): EditMessageResult!
	deleteMessage(input: DeleteMessageInput!): DeleteMessageResult!
	markRead(input: MarkReadInput!): MarkReadResult!
	setTyping(input: SetTypingInput!): SetTypingResult!
	sendOutboundMessage(input: SendOutboundMessageInput!): SendOutboundMessageResult!
	redriveDelivery(input: RedriveDeliveryInput!): RedriveDeliveryResult!
	cancelDelivery(input: CancelDeliveryInput!): CancelDeliveryResult!
	createWebhook(input: CreateWebhookInput!): CreateWebhookResult!
	updateWebhook(input: UpdateWebhookInput!): UpdateWebhookResult!
	deleteWebhook(input: DeleteWebhookInput!): DeleteWebhookResult!
	rotateWebhookSecret(input: RotateWebhookSecretInput!): RotateWebhookSecretResult!
	redriveWebhookDelivery(input: RedriveWebhookDeliveryInput!): RedriveWebhookDeliveryResult!
}
input CreateWebhookInput { url: String! events: [WebhookEvent!]! }
input UpdateWebhookInput { webhookId: ID! url: String events: [WebhookEvent!] enabled: Boolean }
input DeleteWebhookInput { webhookId: ID! }
input RotateWebhookSecretInput { webhookId: ID! }
input RedriveWebhookDeliveryInput { deliveryId: ID! }
type CreateWebhookPayload { webhook: Webhook! secret: String! }
type UpdateWebhookPayload { webhook: Webhook! }
type DeleteWebhookPayload { webhookId: ID! }
type RotateWebhookSecretPayload { webhook: Webhook! secret: String! }
type RedriveWebhookDeliveryPayload { delivery: WebhookDelivery! }
union CreateWebhookResult = CreateWebhookPayload | ForbiddenError | InvalidInputError | ServiceBusyError
union UpdateWebhookResult = UpdateWebhookPayload | ForbiddenError | NotFoundError | InvalidInputError | ServiceBusyError
union DeleteWebhookResult = DeleteWebhookPayload | ForbiddenError | NotFoundError | ServiceBusyError
union RotateWebhookSecretResult = RotateWebhookSecretPayload | ForbiddenError | NotFoundError | ServiceBusyError
union RedriveWebhookDeliveryResult =
	RedriveWebhookDeliveryPayload | ForbiddenError | NotFoundError | DeliveryConflictError | ServiceBusyError
input CreateConversationInput { subject: String channel: Channel visibility: Visibility memberIds: [ID!] }
input JoinConversationInput { conversationId: ID! }
input LeaveConversationInput { conversationId: ID! }
input AddMemberInput { conversationId: ID! userId: ID subject: String }
input RemoveMemberInput { conversationId: ID! userId: ID subject: String }
input CloseConversationInput { conversationId: ID! }
input SendMessageInput {
	conversationId: ID!
	body: String!
	clientMessageId: String
	replyToId: ID
	internal: Boolean
	expectedSequence: Int
}
input EditMessageInput { messageId: ID! body: String! }
input DeleteMessageInput { messageId: ID! }
input MarkReadInput { conversationId: ID! sequence: Int! }
input SetTypingInput { conversationId: ID! typing: Boolean! }
input SendOutboundMessageInput {
	from: String!
	to: String!
	type: OutboundChannel!
	body: String!
	attachments: [String!]
	timestamp: DateTime
	clientMessageId: String
}
input RedriveDeliveryInput { messageId: ID! }
input CancelDeliveryInput { messageId: ID! }

type CreateConversationPayload { conversation: Conversation! }
type JoinConversationPayload { conversation: Conversation! membership: Membership! }
type LeaveConversationPayload { conversation: Conversation! }
type AddMemberPayload { conversation: Conversation! membership: Membership! }
type RemoveMemberPayload { conversation: Conversation! membership: Membership! }
type CloseConversationPayload { conversation: Conversation! }
type SendMessagePayload { message: Message! }
type EditMessagePayload { message: Message! }
type DeleteMessagePayload { message: Message! }
type MarkReadPayload { membership: Membership! }
type SetTypingPayload { conversationId: ID! }
type SendOutboundMessagePayload { message: Message! }
type RedriveDeliveryPayload { message: Message! }
type CancelDeliveryPayload { message: Message! }

union CreateConversationResult = CreateConversationPayload | InvalidInputError | NotFoundError | ServiceBusyError
union JoinConversationResult = JoinConversationPayload | NotFoundError | ForbiddenError | ServiceBusyError
union LeaveConversationResult = LeaveConversationPayload | NotFoundError | ServiceBusyError
union AddMemberResult = AddMemberPayload | NotFoundError | ForbiddenError | InvalidInputError | ServiceBusyError
union RemoveMemberResult = RemoveMemberPayload | NotFoundError | ForbiddenError | InvalidInputError | ServiceBusyError
union CloseConversationResult = CloseConversationPayload | NotFoundError | ForbiddenError | ServiceBusyError
union SendMessageResult =
	SendMessagePayload | NotFoundError | ForbiddenError | InvalidInputError | IdempotencyConflictError
	| ConversationClosedError | ConversationMovedError | ContactOptedOutError | RateLimitedError | ServiceBusyError
union EditMessageResult =
	EditMessagePayload | NotFoundError | ForbiddenError | InvalidInputError | ConversationClosedError | ServiceBusyError
union DeleteMessageResult = DeleteMessagePayload | NotFoundError | ForbiddenError | ServiceBusyError
union MarkReadResult = MarkReadPayload | NotFoundError | ForbiddenError | InvalidInputError | ServiceBusyError
union SetTypingResult = SetTypingPayload | NotFoundError | ServiceBusyError
union SendOutboundMessageResult =
	SendOutboundMessagePayload | ForbiddenError | InvalidInputError | IdempotencyConflictError | ContactOptedOutError
	| RateLimitedError | ServiceBusyError
union RedriveDeliveryResult =
	RedriveDeliveryPayload | NotFoundError | ForbiddenError | DeliveryConflictError | RateLimitedError | ServiceBusyError
union CancelDeliveryResult =
	CancelDeliveryPayload | NotFoundError | ForbiddenError | DeliveryConflictError | RateLimitedError | ServiceBusyError

type Subscription {
	conversationEvents(conversationId: ID!, after: Int, epoch: String): ConversationEvent!
	conversationActivity(conversationId: ID!): ConversationActivity!
}
`;
