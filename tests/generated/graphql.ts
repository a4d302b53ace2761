/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Whom to add, and where: `userId` or `subject`, exactly one of the two. */
export type AddMemberInput = {
  /** The conversation's id. */
  readonly conversationId: string;
  /** The `sub` of the user's tokens. */
  readonly subject?: string | null | undefined;
  /** The user's id. */
  readonly userId?: string | null | undefined;
};

/** How one call of a provider ended. */
export type AttemptOutcome =
  /** The provider has the message. */
  | 'ACCEPTED'
  /** It never will. */
  | 'REJECTED'
  /** It certainly has not, and another time it may take it. */
  | 'RETRY'
  /** Nobody can say; or the call is under way. */
  | 'UNKNOWN';

/** Which message to call off. */
export type CancelDeliveryInput = {
  /** The message's id. */
  readonly messageId: string;
};

/** The way a conversation or a message travels. */
export type Channel =
  /** Within this service. */
  | 'CHAT'
  /** Electronic mail. */
  | 'EMAIL'
  /** A text message with attachments; its conversation is SMS. */
  | 'MMS'
  /** Text messages by telephone. */
  | 'SMS';

/** Which conversation to close. */
export type CloseConversationInput = {
  /** The conversation's id. */
  readonly conversationId: string;
};

/** Where the work on a conversation stands. */
export type ConversationStatus =
  /** Somebody should attend to it. */
  | 'OPEN'
  /** It waits for the customer. */
  | 'PENDING'
  /** Done. That is not closed: a message may still be sent. */
  | 'RESOLVED'
  /** It waits for a time. */
  | 'SNOOZED';

/** What the new conversation is like. */
export type CreateConversationInput = {
  /** CHAT, also if left out: conversations on other channels begin with a message (sendOutboundMessage). */
  readonly channel?: Channel | null | undefined;
  /** Users who are members from the start beside its creator, at most 100. */
  readonly memberIds?: ReadonlyArray<string> | null | undefined;
  /** What it is about, at most 200 characters. */
  readonly subject?: string | null | undefined;
  /** Who may join it; PRIVATE if left out. */
  readonly visibility?: Visibility | null | undefined;
};

/** Where events are to be posted, and which. */
export type CreateWebhookInput = {
  /** Of what it is told: at least one. */
  readonly events: ReadonlyArray<WebhookEvent>;
  /** An http or https URL of at most 2,048 characters, without user and password. It must not lead into a private network. */
  readonly url: string;
};

/** Which message to delete. */
export type DeleteMessageInput = {
  /** The message's id. */
  readonly messageId: string;
};

/** Which webhook to delete. */
export type DeleteWebhookInput = {
  /** The webhook's id. */
  readonly webhookId: string;
};

/** How the sending of a message through an outside provider fares. It never goes back by itself. */
export type DeliveryStatus =
  /** Called off before a provider took it. */
  | 'CANCELED'
  /** Given up after the last attempt; the provider did not take it. */
  | 'DEAD'
  /** The provider says that it reached the contact. */
  | 'DELIVERED'
  /** The provider refused it for good, or the contact wrote STOP while it waited. */
  | 'FAILED'
  /** Stored, and not asked of a provider yet. */
  | 'QUEUED'
  /** It was not accepted, and is asked again at `nextAttemptAt`. */
  | 'RETRYING'
  /** A provider is being asked. */
  | 'SENDING'
  /** The provider accepted it. */
  | 'SENT'
  /** The provider says that it did not reach the contact. */
  | 'UNDELIVERED'
  /** Nobody can say whether the provider took it. A report of the provider may tell; else a person decides (`redriveDelivery`). */
  | 'UNKNOWN';

/** Which message to edit, and how it reads from now on. */
export type EditMessageInput = {
  /** The new text: not blank, at most 65,536 bytes of UTF-8. */
  readonly body: string;
  /** The message's id. */
  readonly messageId: string;
};

/** What kind of fault it was. A code never changes its meaning. */
export type ErrorCode =
  /** The contact outside wants no messages. */
  | 'CONTACT_OPTED_OUT'
  /** The conversation is closed for good. */
  | 'CONVERSATION_CLOSED'
  /** Others wrote after what the writer had seen. */
  | 'CONVERSATION_MOVED'
  /** The delivery's status does not allow this. */
  | 'DELIVERY_CONFLICT'
  /** The viewer may see it but may not do this. */
  | 'FORBIDDEN'
  /** The key was used before for a message with other content. */
  | 'IDEMPOTENCY_CONFLICT'
  /** A field of the input is not valid. */
  | 'INVALID_INPUT'
  /** There is no such thing, or the viewer may not see it. */
  | 'NOT_FOUND'
  /** Too many requests. */
  | 'RATE_LIMITED'
  /** The service cannot take more at the moment; nothing was stored. */
  | 'SERVICE_BUSY';

/** Why `after` cannot be served. */
export type HistoryResetReason =
  /** It is beyond the newest event. */
  | 'AHEAD'
  /** The events behind it are no longer kept. */
  | 'PURGED'
  /** The `epoch` given is of another log, from before a restore. */
  | 'REPLACED';

/** Which conversation to join. */
export type JoinConversationInput = {
  /** The conversation's id. */
  readonly conversationId: string;
};

/** Which conversation to leave. */
export type LeaveConversationInput = {
  /** The conversation's id. */
  readonly conversationId: string;
};

/** How far the viewer has read. */
export type MarkReadInput = {
  /** The conversation's id. */
  readonly conversationId: string;
  /** The newest sequence read, 0 or more. */
  readonly sequence: number;
};

/** A way to somebody outside. */
export type OutboundChannel =
  /** Electronic mail. */
  | 'EMAIL'
  /** A text message with attachments; it is said in the same conversation as SMS. */
  | 'MMS'
  /** A text message by telephone. */
  | 'SMS';

/** Which message to try again. */
export type RedriveDeliveryInput = {
  /** The message's id. */
  readonly messageId: string;
};

/** What to tell again. */
export type RedriveWebhookDeliveryInput = {
  /** The delivery's id. */
  readonly deliveryId: string;
};

/** Whom to remove, and where: `userId` or `subject`, exactly one of the two. */
export type RemoveMemberInput = {
  /** The conversation's id. */
  readonly conversationId: string;
  /** The `sub` of the user's tokens. */
  readonly subject?: string | null | undefined;
  /** The user's id. */
  readonly userId?: string | null | undefined;
};

/** Whose secret to replace. */
export type RotateWebhookSecretInput = {
  /** The webhook's id. */
  readonly webhookId: string;
};

/** What to send, and where. */
export type SendMessageInput = {
  /** The text: not blank, at most 65,536 bytes of UTF-8. */
  readonly body: string;
  /** An idempotency key of at most 64 characters, which holds for ever, for this author in this conversation. The same key with the same body, replyToId and internal gives the message of the first send as it is now, whatever happened since; with other content, IdempotencyConflictError. */
  readonly clientMessageId?: string | null | undefined;
  /** The conversation's id. */
  readonly conversationId: string;
  /** The newest sequence that the writer has seen. If messages of others that the writer may see came after it, nothing is sent and ConversationMovedError brings them. Notes do not count. */
  readonly expectedSequence?: number | null | undefined;
  /** Whether it is a note that only agents see; false if left out. */
  readonly internal?: boolean | null | undefined;
  /** The message of the same conversation that this one answers. A reply to a note is a note itself. */
  readonly replyToId?: string | null | undefined;
};

/** What to send to whom, and from which of our addresses. */
export type SendOutboundMessageInput = {
  /** URLs of files, for MMS and EMAIL, at most 10: http or https, and none that leads into a private network. */
  readonly attachments?: ReadonlyArray<string> | null | undefined;
  /** The text, at most 65,536 bytes of UTF-8; not blank, unless there are attachments. */
  readonly body: string;
  /** An idempotency key of at most 64 characters, which holds for ever, for this author in the conversation of the two addresses. The same key with the same content gives the message of the first send as it is now; with other content, IdempotencyConflictError. */
  readonly clientMessageId?: string | null | undefined;
  /** Our address: a telephone number with its country code (+14155552671), or an email address. */
  readonly from: string;
  /** When it was made, for the provider to know; left out, the present. It is no schedule. */
  readonly timestamp?: string | null | undefined;
  /** The contact's address, of the same kind. */
  readonly to: string;
  /** The way it goes. */
  readonly type: OutboundChannel;
};

/** Whether the viewer is typing, and where. */
export type SetTypingInput = {
  /** The conversation's id. */
  readonly conversationId: string;
  /** False when they stopped. */
  readonly typing: boolean;
};

/** How a text message is written. */
export type SmsEncoding =
  /** The alphabet of GSM 03.38: 160 characters alone, 153 in each of several segments. */
  | 'GSM_7'
  /** Where a character is not of that alphabet: 70 UTF-16 units alone, 67 in each of several. */
  | 'UCS_2';

/** Which webhook to change, and how: what is left out stays as it is. */
export type UpdateWebhookInput = {
  /** Whether it is told at all; true also after the service disabled it. */
  readonly enabled?: boolean | null | undefined;
  /** Of what it is told from now on: at least one. */
  readonly events?: ReadonlyArray<WebhookEvent> | null | undefined;
  /** Where its events are posted from now on, those included that wait. */
  readonly url?: string | null | undefined;
  /** The webhook's id. */
  readonly webhookId: string;
};

/** Who may join a conversation. */
export type Visibility =
  /** Anyone signed in may join, and may read subject, status and visibility before. Messages, members and events take membership. */
  | 'OPEN'
  /** Takes an invitation (addMember) or the agent role. To others it does not exist. */
  | 'PRIVATE';

/** How it fares that a webhook is told of an event. */
export type WebhookDeliveryStatus =
  /** Given up. `redriveWebhookDelivery` begins again. */
  | 'DEAD'
  /** The receiver answered 2xx. */
  | 'DELIVERED'
  /** It is to be told. */
  | 'QUEUED'
  /** The receiver did not answer 2xx, and is told again at `nextAttemptAt`. */
  | 'RETRYING'
  /** It is being told. */
  | 'SENDING';

/** What a webhook can be told of. Notes, their edits and deletions are told to nobody. */
export type WebhookEvent =
  /** A conversation was created, or something of its own changed. */
  | 'CONVERSATION_CHANGED'
  /** The sending of a message through an outside provider went on. */
  | 'DELIVERY_CHANGED'
  /** Somebody joined, or was added. */
  | 'MEMBER_JOINED'
  /** Somebody left, or was removed. */
  | 'MEMBER_LEFT'
  /** A message was deleted. */
  | 'MESSAGE_DELETED'
  /** A message's body was replaced. */
  | 'MESSAGE_EDITED'
  /** A message was sent, or came in from outside. */
  | 'MESSAGE_SENT';

export type UserFieldsFragment = { readonly id: string, readonly subject: string, readonly name: string };

export type MembershipFieldsFragment = { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } };

export type ConversationFieldsFragment = { readonly id: string, readonly subject: string | null, readonly channel: Channel, readonly status: ConversationStatus, readonly visibility: Visibility, readonly lastSequence: number, readonly closedAt: string | null, readonly createdAt: string, readonly lastActivityAt: string, readonly unreadCount: number, readonly viewerMembership: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } } | null };

export type MessageFieldsFragment = { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null };

type ErrorFields_ContactOptedOutError_Fragment = { readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string };

type ErrorFields_ConversationClosedError_Fragment = { readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string };

type ErrorFields_ConversationMovedError_Fragment = { readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string };

type ErrorFields_DeliveryConflictError_Fragment = { readonly status: DeliveryStatus, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string };

type ErrorFields_ForbiddenError_Fragment = { readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string };

type ErrorFields_IdempotencyConflictError_Fragment = { readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string };

type ErrorFields_InvalidInputError_Fragment = { readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string };

type ErrorFields_NotFoundError_Fragment = { readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string };

type ErrorFields_RateLimitedError_Fragment = { readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string };

type ErrorFields_ServiceBusyError_Fragment = { readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string };

export type ErrorFieldsFragment =
  | ErrorFields_ContactOptedOutError_Fragment
  | ErrorFields_ConversationClosedError_Fragment
  | ErrorFields_ConversationMovedError_Fragment
  | ErrorFields_DeliveryConflictError_Fragment
  | ErrorFields_ForbiddenError_Fragment
  | ErrorFields_IdempotencyConflictError_Fragment
  | ErrorFields_InvalidInputError_Fragment
  | ErrorFields_NotFoundError_Fragment
  | ErrorFields_RateLimitedError_Fragment
  | ErrorFields_ServiceBusyError_Fragment
;

export type CreateConversationMutationVariables = Exact<{
  input: CreateConversationInput;
}>;


export type CreateConversationMutation = { readonly result:
    | { readonly __typename: 'CreateConversationPayload', readonly conversation: { readonly id: string, readonly subject: string | null, readonly channel: Channel, readonly status: ConversationStatus, readonly visibility: Visibility, readonly lastSequence: number, readonly closedAt: string | null, readonly createdAt: string, readonly lastActivityAt: string, readonly unreadCount: number, readonly viewerMembership: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } } | null } }
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type JoinConversationMutationVariables = Exact<{
  input: JoinConversationInput;
}>;


export type JoinConversationMutation = { readonly result:
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'JoinConversationPayload', readonly conversation: { readonly id: string, readonly subject: string | null, readonly channel: Channel, readonly status: ConversationStatus, readonly visibility: Visibility, readonly lastSequence: number, readonly closedAt: string | null, readonly createdAt: string, readonly lastActivityAt: string, readonly unreadCount: number, readonly viewerMembership: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } } | null }, readonly membership: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } } }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type LeaveConversationMutationVariables = Exact<{
  input: LeaveConversationInput;
}>;


export type LeaveConversationMutation = { readonly result:
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'LeaveConversationPayload', readonly conversation: { readonly id: string, readonly subject: string | null, readonly channel: Channel, readonly status: ConversationStatus, readonly visibility: Visibility, readonly lastSequence: number, readonly closedAt: string | null, readonly createdAt: string, readonly lastActivityAt: string, readonly unreadCount: number, readonly viewerMembership: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } } | null } }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type AddMemberMutationVariables = Exact<{
  input: AddMemberInput;
}>;


export type AddMemberMutation = { readonly result:
    | { readonly __typename: 'AddMemberPayload', readonly conversation: { readonly id: string, readonly subject: string | null, readonly channel: Channel, readonly status: ConversationStatus, readonly visibility: Visibility, readonly lastSequence: number, readonly closedAt: string | null, readonly createdAt: string, readonly lastActivityAt: string, readonly unreadCount: number, readonly viewerMembership: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } } | null }, readonly membership: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } } }
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type RemoveMemberMutationVariables = Exact<{
  input: RemoveMemberInput;
}>;


export type RemoveMemberMutation = { readonly result:
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RemoveMemberPayload', readonly conversation: { readonly id: string, readonly subject: string | null, readonly channel: Channel, readonly status: ConversationStatus, readonly visibility: Visibility, readonly lastSequence: number, readonly closedAt: string | null, readonly createdAt: string, readonly lastActivityAt: string, readonly unreadCount: number, readonly viewerMembership: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } } | null }, readonly membership: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } } }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type CloseConversationMutationVariables = Exact<{
  input: CloseConversationInput;
}>;


export type CloseConversationMutation = { readonly result:
    | { readonly __typename: 'CloseConversationPayload', readonly conversation: { readonly id: string, readonly subject: string | null, readonly channel: Channel, readonly status: ConversationStatus, readonly visibility: Visibility, readonly lastSequence: number, readonly closedAt: string | null, readonly createdAt: string, readonly lastActivityAt: string, readonly unreadCount: number, readonly viewerMembership: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } } | null } }
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type SendMessageMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMessageMutation = { readonly result:
    | { readonly __typename: 'ContactOptedOutError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ConversationClosedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ConversationMovedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string, readonly missed: ReadonlyArray<{ readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null }> }
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'IdempotencyConflictError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'SendMessagePayload', readonly message: { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null } }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type EditMessageMutationVariables = Exact<{
  input: EditMessageInput;
}>;


export type EditMessageMutation = { readonly result:
    | { readonly __typename: 'ConversationClosedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'EditMessagePayload', readonly message: { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null } }
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type DeleteMessageMutationVariables = Exact<{
  input: DeleteMessageInput;
}>;


export type DeleteMessageMutation = { readonly result:
    | { readonly __typename: 'DeleteMessagePayload', readonly message: { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null } }
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type MarkReadMutationVariables = Exact<{
  input: MarkReadInput;
}>;


export type MarkReadMutation = { readonly result:
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'MarkReadPayload', readonly membership: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } } }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type SetTypingMutationVariables = Exact<{
  input: SetTypingInput;
}>;


export type SetTypingMutation = { readonly result:
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'SetTypingPayload', readonly conversationId: string }
   };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { readonly viewer: { readonly id: string } };

export type LookQueryVariables = Exact<{
  id: string;
}>;


export type LookQuery = { readonly conversation: { readonly id: string, readonly subject: string | null, readonly channel: Channel, readonly status: ConversationStatus, readonly visibility: Visibility, readonly lastSequence: number, readonly closedAt: string | null, readonly createdAt: string, readonly lastActivityAt: string, readonly unreadCount: number, readonly viewerMembership: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } } | null } | null };

export type HistoryQueryVariables = Exact<{
  id: string;
}>;


export type HistoryQuery = { readonly conversation: { readonly messages: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null } }> } } | null };

export type MembersQueryVariables = Exact<{
  id: string;
}>;


export type MembersQuery = { readonly conversation: { readonly members: { readonly edges: ReadonlyArray<{ readonly node: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } } }> } } | null };

export type LogSubscriptionVariables = Exact<{
  id: string;
  after?: number | null | undefined;
}>;


export type LogSubscription = { readonly conversationEvents:
    | { readonly __typename: 'ConversationChanged', readonly sequence: number, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
    | { readonly __typename: 'DeliveryChanged', readonly sequence: number, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
    | { readonly __typename: 'HistoryReset', readonly sequence: number, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
    | { readonly __typename: 'MemberJoined', readonly sequence: number, readonly member: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } }, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
    | { readonly __typename: 'MemberLeft', readonly sequence: number, readonly member: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } }, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
    | { readonly __typename: 'MessageDeleted', readonly sequence: number, readonly message: { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null }, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
    | { readonly __typename: 'MessageEdited', readonly sequence: number, readonly message: { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null }, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
    | { readonly __typename: 'MessageSent', readonly sequence: number, readonly message: { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null }, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
   };

export type WebhookFieldsFragment = { readonly id: string, readonly url: string, readonly events: ReadonlyArray<WebhookEvent>, readonly enabled: boolean, readonly disabledReason: string | null, readonly createdAt: string, readonly updatedAt: string };

export type WebhookDeliveryFieldsFragment = { readonly id: string, readonly event: WebhookEvent, readonly conversationId: string, readonly sequence: number, readonly status: WebhookDeliveryStatus, readonly nextAttemptAt: string | null, readonly error: string | null, readonly createdAt: string, readonly updatedAt: string, readonly attempts: ReadonlyArray<{ readonly number: number, readonly startedAt: string, readonly durationMs: number | null, readonly httpStatus: number | null, readonly outcome: AttemptOutcome }> };

export type CreateWebhookMutationVariables = Exact<{
  input: CreateWebhookInput;
}>;


export type CreateWebhookMutation = { readonly result:
    | { readonly __typename: 'CreateWebhookPayload', readonly secret: string, readonly webhook: { readonly id: string, readonly url: string, readonly events: ReadonlyArray<WebhookEvent>, readonly enabled: boolean, readonly disabledReason: string | null, readonly createdAt: string, readonly updatedAt: string } }
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type UpdateWebhookMutationVariables = Exact<{
  input: UpdateWebhookInput;
}>;


export type UpdateWebhookMutation = { readonly result:
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'UpdateWebhookPayload', readonly webhook: { readonly id: string, readonly url: string, readonly events: ReadonlyArray<WebhookEvent>, readonly enabled: boolean, readonly disabledReason: string | null, readonly createdAt: string, readonly updatedAt: string } }
   };

export type DeleteWebhookMutationVariables = Exact<{
  input: DeleteWebhookInput;
}>;


export type DeleteWebhookMutation = { readonly result:
    | { readonly __typename: 'DeleteWebhookPayload', readonly webhookId: string }
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type RotateWebhookSecretMutationVariables = Exact<{
  input: RotateWebhookSecretInput;
}>;


export type RotateWebhookSecretMutation = { readonly result:
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RotateWebhookSecretPayload', readonly secret: string, readonly webhook: { readonly id: string, readonly url: string, readonly events: ReadonlyArray<WebhookEvent>, readonly enabled: boolean, readonly disabledReason: string | null, readonly createdAt: string, readonly updatedAt: string } }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type RedriveWebhookDeliveryMutationVariables = Exact<{
  input: RedriveWebhookDeliveryInput;
}>;


export type RedriveWebhookDeliveryMutation = { readonly result:
    | { readonly __typename: 'DeliveryConflictError', readonly status: DeliveryStatus, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RedriveWebhookDeliveryPayload', readonly delivery: { readonly id: string, readonly event: WebhookEvent, readonly conversationId: string, readonly sequence: number, readonly status: WebhookDeliveryStatus, readonly nextAttemptAt: string | null, readonly error: string | null, readonly createdAt: string, readonly updatedAt: string, readonly attempts: ReadonlyArray<{ readonly number: number, readonly startedAt: string, readonly durationMs: number | null, readonly httpStatus: number | null, readonly outcome: AttemptOutcome }> } }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type WebhooksQueryVariables = Exact<{ [key: string]: never; }>;


export type WebhooksQuery = { readonly webhooks: ReadonlyArray<{ readonly id: string, readonly url: string, readonly events: ReadonlyArray<WebhookEvent>, readonly enabled: boolean, readonly disabledReason: string | null, readonly createdAt: string, readonly updatedAt: string }> };

export type WebhookDeliveriesQueryVariables = Exact<{
  id: string;
  status?: ReadonlyArray<WebhookDeliveryStatus> | WebhookDeliveryStatus | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type WebhookDeliveriesQuery = { readonly webhook: { readonly id: string, readonly url: string, readonly events: ReadonlyArray<WebhookEvent>, readonly enabled: boolean, readonly disabledReason: string | null, readonly createdAt: string, readonly updatedAt: string, readonly deliveries: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly id: string, readonly event: WebhookEvent, readonly conversationId: string, readonly sequence: number, readonly status: WebhookDeliveryStatus, readonly nextAttemptAt: string | null, readonly error: string | null, readonly createdAt: string, readonly updatedAt: string, readonly attempts: ReadonlyArray<{ readonly number: number, readonly startedAt: string, readonly durationMs: number | null, readonly httpStatus: number | null, readonly outcome: AttemptOutcome }> } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly hasPreviousPage: boolean } } } | null };

export type FollowSubscriptionVariables = Exact<{
  id: string;
  after?: number | null | undefined;
  epoch?: string | null | undefined;
}>;


export type FollowSubscription = { readonly conversationEvents:
    | { readonly __typename: 'ConversationChanged', readonly sequence: number, readonly conversationId: string }
    | { readonly __typename: 'DeliveryChanged', readonly sequence: number, readonly conversationId: string }
    | { readonly __typename: 'HistoryReset', readonly reason: HistoryResetReason, readonly resumeFrom: number, readonly sequence: number, readonly conversationId: string }
    | { readonly __typename: 'MemberJoined', readonly sequence: number, readonly conversationId: string, readonly member: { readonly user: { readonly name: string } } }
    | { readonly __typename: 'MemberLeft', readonly sequence: number, readonly conversationId: string, readonly member: { readonly user: { readonly name: string } } }
    | { readonly __typename: 'MessageDeleted', readonly sequence: number, readonly conversationId: string, readonly message: { readonly id: string, readonly body: string, readonly deletedAt: string | null } }
    | { readonly __typename: 'MessageEdited', readonly sequence: number, readonly conversationId: string, readonly message: { readonly id: string, readonly body: string, readonly deletedAt: string | null } }
    | { readonly __typename: 'MessageSent', readonly sequence: number, readonly conversationId: string, readonly message: { readonly id: string, readonly body: string, readonly deletedAt: string | null } }
   };

export type ConverseMutationVariables = Exact<{
  input: CreateConversationInput;
}>;


export type ConverseMutation = { readonly createConversation:
    | { readonly conversation: { readonly id: string, readonly epoch: string, readonly lastSequence: number } }
    | { readonly code: ErrorCode }
    | { readonly code: ErrorCode }
    | { readonly code: ErrorCode }
    | { readonly code: ErrorCode }
    | { readonly code: ErrorCode }
   };

export type SendMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMutation = { readonly sendMessage:
    | { readonly code: ErrorCode }
    | { readonly code: ErrorCode }
    | { readonly code: ErrorCode }
    | { readonly code: ErrorCode }
    | { readonly code: ErrorCode }
    | { readonly code: ErrorCode }
    | { readonly code: ErrorCode }
    | { readonly code: ErrorCode }
    | { readonly message: { readonly id: string, readonly sequence: number } }
    | { readonly code: ErrorCode }
   };

export type OutsideFieldsFragment = { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly conversation: { readonly id: string, readonly channel: Channel, readonly status: ConversationStatus, readonly lastSequence: number }, readonly attachments: ReadonlyArray<{ readonly url: string, readonly contentType: string | null, readonly size: number | null }>, readonly contact: { readonly address: string, readonly channel: Channel } | null, readonly delivery: { readonly status: DeliveryStatus, readonly from: string, readonly to: string, readonly provider: string | null, readonly providerMessageId: string | null, readonly nextAttemptAt: string | null, readonly error: string | null, readonly requestedAt: string, readonly attempts: ReadonlyArray<{ readonly number: number, readonly provider: string, readonly durationMs: number | null, readonly httpStatus: number | null, readonly outcome: AttemptOutcome }> } | null, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null };

export type SendOutboundMessageMutationVariables = Exact<{
  input: SendOutboundMessageInput;
}>;


export type SendOutboundMessageMutation = { readonly result:
    | { readonly __typename: 'ContactOptedOutError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ConversationClosedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'IdempotencyConflictError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'SendOutboundMessagePayload', readonly message: { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly conversation: { readonly id: string, readonly channel: Channel, readonly status: ConversationStatus, readonly lastSequence: number }, readonly attachments: ReadonlyArray<{ readonly url: string, readonly contentType: string | null, readonly size: number | null }>, readonly contact: { readonly address: string, readonly channel: Channel } | null, readonly delivery: { readonly status: DeliveryStatus, readonly from: string, readonly to: string, readonly provider: string | null, readonly providerMessageId: string | null, readonly nextAttemptAt: string | null, readonly error: string | null, readonly requestedAt: string, readonly attempts: ReadonlyArray<{ readonly number: number, readonly provider: string, readonly durationMs: number | null, readonly httpStatus: number | null, readonly outcome: AttemptOutcome }> } | null, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null } }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type RedriveDeliveryMutationVariables = Exact<{
  input: RedriveDeliveryInput;
}>;


export type RedriveDeliveryMutation = { readonly result:
    | { readonly __typename: 'DeliveryConflictError', readonly status: DeliveryStatus, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RedriveDeliveryPayload', readonly message: { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly conversation: { readonly id: string, readonly channel: Channel, readonly status: ConversationStatus, readonly lastSequence: number }, readonly attachments: ReadonlyArray<{ readonly url: string, readonly contentType: string | null, readonly size: number | null }>, readonly contact: { readonly address: string, readonly channel: Channel } | null, readonly delivery: { readonly status: DeliveryStatus, readonly from: string, readonly to: string, readonly provider: string | null, readonly providerMessageId: string | null, readonly nextAttemptAt: string | null, readonly error: string | null, readonly requestedAt: string, readonly attempts: ReadonlyArray<{ readonly number: number, readonly provider: string, readonly durationMs: number | null, readonly httpStatus: number | null, readonly outcome: AttemptOutcome }> } | null, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null } }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type CancelDeliveryMutationVariables = Exact<{
  input: CancelDeliveryInput;
}>;


export type CancelDeliveryMutation = { readonly result:
    | { readonly __typename: 'CancelDeliveryPayload', readonly message: { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly conversation: { readonly id: string, readonly channel: Channel, readonly status: ConversationStatus, readonly lastSequence: number }, readonly attachments: ReadonlyArray<{ readonly url: string, readonly contentType: string | null, readonly size: number | null }>, readonly contact: { readonly address: string, readonly channel: Channel } | null, readonly delivery: { readonly status: DeliveryStatus, readonly from: string, readonly to: string, readonly provider: string | null, readonly providerMessageId: string | null, readonly nextAttemptAt: string | null, readonly error: string | null, readonly requestedAt: string, readonly attempts: ReadonlyArray<{ readonly number: number, readonly provider: string, readonly durationMs: number | null, readonly httpStatus: number | null, readonly outcome: AttemptOutcome }> } | null, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null } }
    | { readonly __typename: 'DeliveryConflictError', readonly status: DeliveryStatus, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ForbiddenError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly field: string, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly retryAfter: number, readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string }
   };

export type OutsideHistoryQueryVariables = Exact<{
  id: string;
}>;


export type OutsideHistoryQuery = { readonly conversation: { readonly messages: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly conversation: { readonly id: string, readonly channel: Channel, readonly status: ConversationStatus, readonly lastSequence: number }, readonly attachments: ReadonlyArray<{ readonly url: string, readonly contentType: string | null, readonly size: number | null }>, readonly contact: { readonly address: string, readonly channel: Channel } | null, readonly delivery: { readonly status: DeliveryStatus, readonly from: string, readonly to: string, readonly provider: string | null, readonly providerMessageId: string | null, readonly nextAttemptAt: string | null, readonly error: string | null, readonly requestedAt: string, readonly attempts: ReadonlyArray<{ readonly number: number, readonly provider: string, readonly durationMs: number | null, readonly httpStatus: number | null, readonly outcome: AttemptOutcome }> } | null, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null } }> } } | null };

export type OutsideMessageQueryVariables = Exact<{
  id: string;
}>;


export type OutsideMessageQuery = { readonly node:
    | { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly conversation: { readonly id: string, readonly channel: Channel, readonly status: ConversationStatus, readonly lastSequence: number }, readonly attachments: ReadonlyArray<{ readonly url: string, readonly contentType: string | null, readonly size: number | null }>, readonly contact: { readonly address: string, readonly channel: Channel } | null, readonly delivery: { readonly status: DeliveryStatus, readonly from: string, readonly to: string, readonly provider: string | null, readonly providerMessageId: string | null, readonly nextAttemptAt: string | null, readonly error: string | null, readonly requestedAt: string, readonly attempts: ReadonlyArray<{ readonly number: number, readonly provider: string, readonly durationMs: number | null, readonly httpStatus: number | null, readonly outcome: AttemptOutcome }> } | null, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null }
    | Record<PropertyKey, never>
   | null };

export type DeadLettersQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  status?: ReadonlyArray<DeliveryStatus> | DeliveryStatus | null | undefined;
}>;


export type DeadLettersQuery = { readonly deadLetters: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly conversation: { readonly id: string, readonly channel: Channel, readonly status: ConversationStatus, readonly lastSequence: number }, readonly attachments: ReadonlyArray<{ readonly url: string, readonly contentType: string | null, readonly size: number | null }>, readonly contact: { readonly address: string, readonly channel: Channel } | null, readonly delivery: { readonly status: DeliveryStatus, readonly from: string, readonly to: string, readonly provider: string | null, readonly providerMessageId: string | null, readonly nextAttemptAt: string | null, readonly error: string | null, readonly requestedAt: string, readonly attempts: ReadonlyArray<{ readonly number: number, readonly provider: string, readonly durationMs: number | null, readonly httpStatus: number | null, readonly outcome: AttemptOutcome }> } | null, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly hasPreviousPage: boolean, readonly endCursor: string | null } } };

export type PreviewQueryVariables = Exact<{
  input: SendOutboundMessageInput;
}>;


export type PreviewQuery = { readonly previewOutboundMessage: { readonly from: string, readonly to: string, readonly type: OutboundChannel, readonly encoding: SmsEncoding | null, readonly units: number | null, readonly segments: number | null, readonly optedOut: boolean, readonly waitSeconds: number } };

export type DeliveriesSubscriptionVariables = Exact<{
  id: string;
  after?: number | null | undefined;
}>;


export type DeliveriesSubscription = { readonly conversationEvents:
    | { readonly __typename: 'ConversationChanged', readonly sequence: number, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
    | { readonly __typename: 'DeliveryChanged', readonly sequence: number, readonly message: { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly conversation: { readonly id: string, readonly channel: Channel, readonly status: ConversationStatus, readonly lastSequence: number }, readonly attachments: ReadonlyArray<{ readonly url: string, readonly contentType: string | null, readonly size: number | null }>, readonly contact: { readonly address: string, readonly channel: Channel } | null, readonly delivery: { readonly status: DeliveryStatus, readonly from: string, readonly to: string, readonly provider: string | null, readonly providerMessageId: string | null, readonly nextAttemptAt: string | null, readonly error: string | null, readonly requestedAt: string, readonly attempts: ReadonlyArray<{ readonly number: number, readonly provider: string, readonly durationMs: number | null, readonly httpStatus: number | null, readonly outcome: AttemptOutcome }> } | null, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null }, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
    | { readonly __typename: 'HistoryReset', readonly sequence: number, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
    | { readonly __typename: 'MemberJoined', readonly sequence: number, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
    | { readonly __typename: 'MemberLeft', readonly sequence: number, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
    | { readonly __typename: 'MessageDeleted', readonly sequence: number, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
    | { readonly __typename: 'MessageEdited', readonly sequence: number, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
    | { readonly __typename: 'MessageSent', readonly sequence: number, readonly message: { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly conversation: { readonly id: string, readonly channel: Channel, readonly status: ConversationStatus, readonly lastSequence: number }, readonly attachments: ReadonlyArray<{ readonly url: string, readonly contentType: string | null, readonly size: number | null }>, readonly contact: { readonly address: string, readonly channel: Channel } | null, readonly delivery: { readonly status: DeliveryStatus, readonly from: string, readonly to: string, readonly provider: string | null, readonly providerMessageId: string | null, readonly nextAttemptAt: string | null, readonly error: string | null, readonly requestedAt: string, readonly attempts: ReadonlyArray<{ readonly number: number, readonly provider: string, readonly durationMs: number | null, readonly httpStatus: number | null, readonly outcome: AttemptOutcome }> } | null, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null }, readonly actor: { readonly id: string, readonly subject: string, readonly name: string } | null }
   };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const UserFieldsFragmentDoc = new TypedDocumentString(`
    fragment UserFields on User {
  id
  subject
  name
}
    `, {"fragmentName":"UserFields"}) as unknown as TypedDocumentString<UserFieldsFragment, unknown>;
export const MembershipFieldsFragmentDoc = new TypedDocumentString(`
    fragment MembershipFields on Membership {
  user {
    ...UserFields
  }
  joinedAt
  leftAt
  lastReadSequence
}
    fragment UserFields on User {
  id
  subject
  name
}`, {"fragmentName":"MembershipFields"}) as unknown as TypedDocumentString<MembershipFieldsFragment, unknown>;
export const ConversationFieldsFragmentDoc = new TypedDocumentString(`
    fragment ConversationFields on Conversation {
  id
  subject
  channel
  status
  visibility
  lastSequence
  closedAt
  createdAt
  lastActivityAt
  unreadCount
  viewerMembership {
    ...MembershipFields
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MembershipFields on Membership {
  user {
    ...UserFields
  }
  joinedAt
  leftAt
  lastReadSequence
}`, {"fragmentName":"ConversationFields"}) as unknown as TypedDocumentString<ConversationFieldsFragment, unknown>;
export const ErrorFieldsFragmentDoc = new TypedDocumentString(`
    fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}
    `, {"fragmentName":"ErrorFields"}) as unknown as TypedDocumentString<ErrorFieldsFragment, unknown>;
export const WebhookFieldsFragmentDoc = new TypedDocumentString(`
    fragment WebhookFields on Webhook {
  id
  url
  events
  enabled
  disabledReason
  createdAt
  updatedAt
}
    `, {"fragmentName":"WebhookFields"}) as unknown as TypedDocumentString<WebhookFieldsFragment, unknown>;
export const WebhookDeliveryFieldsFragmentDoc = new TypedDocumentString(`
    fragment WebhookDeliveryFields on WebhookDelivery {
  id
  event
  conversationId
  sequence
  status
  attempts {
    number
    startedAt
    durationMs
    httpStatus
    outcome
  }
  nextAttemptAt
  error
  createdAt
  updatedAt
}
    `, {"fragmentName":"WebhookDeliveryFields"}) as unknown as TypedDocumentString<WebhookDeliveryFieldsFragment, unknown>;
export const MessageFieldsFragmentDoc = new TypedDocumentString(`
    fragment MessageFields on Message {
  id
  sequence
  author {
    ...UserFields
  }
  body
  createdAt
  editedAt
  deletedAt
  clientMessageId
  internal
  channel
  replyTo {
    id
  }
}
    fragment UserFields on User {
  id
  subject
  name
}`, {"fragmentName":"MessageFields"}) as unknown as TypedDocumentString<MessageFieldsFragment, unknown>;
export const OutsideFieldsFragmentDoc = new TypedDocumentString(`
    fragment OutsideFields on Message {
  ...MessageFields
  conversation {
    id
    channel
    status
    lastSequence
  }
  attachments {
    url
    contentType
    size
  }
  contact {
    address
    channel
  }
  delivery {
    status
    from
    to
    provider
    providerMessageId
    nextAttemptAt
    error
    requestedAt
    attempts {
      number
      provider
      durationMs
      httpStatus
      outcome
    }
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MessageFields on Message {
  id
  sequence
  author {
    ...UserFields
  }
  body
  createdAt
  editedAt
  deletedAt
  clientMessageId
  internal
  channel
  replyTo {
    id
  }
}`, {"fragmentName":"OutsideFields"}) as unknown as TypedDocumentString<OutsideFieldsFragment, unknown>;
export const CreateConversationDocument = new TypedDocumentString(`
    mutation CreateConversation($input: CreateConversationInput!) {
  result: createConversation(input: $input) {
    __typename
    ... on CreateConversationPayload {
      conversation {
        ...ConversationFields
      }
    }
    ...ErrorFields
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MembershipFields on Membership {
  user {
    ...UserFields
  }
  joinedAt
  leftAt
  lastReadSequence
}
fragment ConversationFields on Conversation {
  id
  subject
  channel
  status
  visibility
  lastSequence
  closedAt
  createdAt
  lastActivityAt
  unreadCount
  viewerMembership {
    ...MembershipFields
  }
}
fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}`) as unknown as TypedDocumentString<CreateConversationMutation, CreateConversationMutationVariables>;
export const JoinConversationDocument = new TypedDocumentString(`
    mutation JoinConversation($input: JoinConversationInput!) {
  result: joinConversation(input: $input) {
    __typename
    ... on JoinConversationPayload {
      conversation {
        ...ConversationFields
      }
      membership {
        ...MembershipFields
      }
    }
    ...ErrorFields
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MembershipFields on Membership {
  user {
    ...UserFields
  }
  joinedAt
  leftAt
  lastReadSequence
}
fragment ConversationFields on Conversation {
  id
  subject
  channel
  status
  visibility
  lastSequence
  closedAt
  createdAt
  lastActivityAt
  unreadCount
  viewerMembership {
    ...MembershipFields
  }
}
fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}`) as unknown as TypedDocumentString<JoinConversationMutation, JoinConversationMutationVariables>;
export const LeaveConversationDocument = new TypedDocumentString(`
    mutation LeaveConversation($input: LeaveConversationInput!) {
  result: leaveConversation(input: $input) {
    __typename
    ... on LeaveConversationPayload {
      conversation {
        ...ConversationFields
      }
    }
    ...ErrorFields
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MembershipFields on Membership {
  user {
    ...UserFields
  }
  joinedAt
  leftAt
  lastReadSequence
}
fragment ConversationFields on Conversation {
  id
  subject
  channel
  status
  visibility
  lastSequence
  closedAt
  createdAt
  lastActivityAt
  unreadCount
  viewerMembership {
    ...MembershipFields
  }
}
fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}`) as unknown as TypedDocumentString<LeaveConversationMutation, LeaveConversationMutationVariables>;
export const AddMemberDocument = new TypedDocumentString(`
    mutation AddMember($input: AddMemberInput!) {
  result: addMember(input: $input) {
    __typename
    ... on AddMemberPayload {
      conversation {
        ...ConversationFields
      }
      membership {
        ...MembershipFields
      }
    }
    ...ErrorFields
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MembershipFields on Membership {
  user {
    ...UserFields
  }
  joinedAt
  leftAt
  lastReadSequence
}
fragment ConversationFields on Conversation {
  id
  subject
  channel
  status
  visibility
  lastSequence
  closedAt
  createdAt
  lastActivityAt
  unreadCount
  viewerMembership {
    ...MembershipFields
  }
}
fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}`) as unknown as TypedDocumentString<AddMemberMutation, AddMemberMutationVariables>;
export const RemoveMemberDocument = new TypedDocumentString(`
    mutation RemoveMember($input: RemoveMemberInput!) {
  result: removeMember(input: $input) {
    __typename
    ... on RemoveMemberPayload {
      conversation {
        ...ConversationFields
      }
      membership {
        ...MembershipFields
      }
    }
    ...ErrorFields
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MembershipFields on Membership {
  user {
    ...UserFields
  }
  joinedAt
  leftAt
  lastReadSequence
}
fragment ConversationFields on Conversation {
  id
  subject
  channel
  status
  visibility
  lastSequence
  closedAt
  createdAt
  lastActivityAt
  unreadCount
  viewerMembership {
    ...MembershipFields
  }
}
fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}`) as unknown as TypedDocumentString<RemoveMemberMutation, RemoveMemberMutationVariables>;
export const CloseConversationDocument = new TypedDocumentString(`
    mutation CloseConversation($input: CloseConversationInput!) {
  result: closeConversation(input: $input) {
    __typename
    ... on CloseConversationPayload {
      conversation {
        ...ConversationFields
      }
    }
    ...ErrorFields
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MembershipFields on Membership {
  user {
    ...UserFields
  }
  joinedAt
  leftAt
  lastReadSequence
}
fragment ConversationFields on Conversation {
  id
  subject
  channel
  status
  visibility
  lastSequence
  closedAt
  createdAt
  lastActivityAt
  unreadCount
  viewerMembership {
    ...MembershipFields
  }
}
fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}`) as unknown as TypedDocumentString<CloseConversationMutation, CloseConversationMutationVariables>;
export const SendMessageDocument = new TypedDocumentString(`
    mutation SendMessage($input: SendMessageInput!) {
  result: sendMessage(input: $input) {
    __typename
    ... on SendMessagePayload {
      message {
        ...MessageFields
      }
    }
    ...ErrorFields
    ... on ConversationMovedError {
      missed {
        ...MessageFields
      }
    }
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MessageFields on Message {
  id
  sequence
  author {
    ...UserFields
  }
  body
  createdAt
  editedAt
  deletedAt
  clientMessageId
  internal
  channel
  replyTo {
    id
  }
}
fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}`) as unknown as TypedDocumentString<SendMessageMutation, SendMessageMutationVariables>;
export const EditMessageDocument = new TypedDocumentString(`
    mutation EditMessage($input: EditMessageInput!) {
  result: editMessage(input: $input) {
    __typename
    ... on EditMessagePayload {
      message {
        ...MessageFields
      }
    }
    ...ErrorFields
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MessageFields on Message {
  id
  sequence
  author {
    ...UserFields
  }
  body
  createdAt
  editedAt
  deletedAt
  clientMessageId
  internal
  channel
  replyTo {
    id
  }
}
fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}`) as unknown as TypedDocumentString<EditMessageMutation, EditMessageMutationVariables>;
export const DeleteMessageDocument = new TypedDocumentString(`
    mutation DeleteMessage($input: DeleteMessageInput!) {
  result: deleteMessage(input: $input) {
    __typename
    ... on DeleteMessagePayload {
      message {
        ...MessageFields
      }
    }
    ...ErrorFields
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MessageFields on Message {
  id
  sequence
  author {
    ...UserFields
  }
  body
  createdAt
  editedAt
  deletedAt
  clientMessageId
  internal
  channel
  replyTo {
    id
  }
}
fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}`) as unknown as TypedDocumentString<DeleteMessageMutation, DeleteMessageMutationVariables>;
export const MarkReadDocument = new TypedDocumentString(`
    mutation MarkRead($input: MarkReadInput!) {
  result: markRead(input: $input) {
    __typename
    ... on MarkReadPayload {
      membership {
        ...MembershipFields
      }
    }
    ...ErrorFields
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MembershipFields on Membership {
  user {
    ...UserFields
  }
  joinedAt
  leftAt
  lastReadSequence
}
fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}`) as unknown as TypedDocumentString<MarkReadMutation, MarkReadMutationVariables>;
export const SetTypingDocument = new TypedDocumentString(`
    mutation SetTyping($input: SetTypingInput!) {
  result: setTyping(input: $input) {
    __typename
    ... on SetTypingPayload {
      conversationId
    }
    ...ErrorFields
  }
}
    fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}`) as unknown as TypedDocumentString<SetTypingMutation, SetTypingMutationVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    id
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const LookDocument = new TypedDocumentString(`
    query Look($id: ID!) {
  conversation(id: $id) {
    ...ConversationFields
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MembershipFields on Membership {
  user {
    ...UserFields
  }
  joinedAt
  leftAt
  lastReadSequence
}
fragment ConversationFields on Conversation {
  id
  subject
  channel
  status
  visibility
  lastSequence
  closedAt
  createdAt
  lastActivityAt
  unreadCount
  viewerMembership {
    ...MembershipFields
  }
}`) as unknown as TypedDocumentString<LookQuery, LookQueryVariables>;
export const HistoryDocument = new TypedDocumentString(`
    query History($id: ID!) {
  conversation(id: $id) {
    messages(last: 100) {
      edges {
        node {
          ...MessageFields
        }
      }
    }
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MessageFields on Message {
  id
  sequence
  author {
    ...UserFields
  }
  body
  createdAt
  editedAt
  deletedAt
  clientMessageId
  internal
  channel
  replyTo {
    id
  }
}`) as unknown as TypedDocumentString<HistoryQuery, HistoryQueryVariables>;
export const MembersDocument = new TypedDocumentString(`
    query Members($id: ID!) {
  conversation(id: $id) {
    members {
      edges {
        node {
          ...MembershipFields
        }
      }
    }
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MembershipFields on Membership {
  user {
    ...UserFields
  }
  joinedAt
  leftAt
  lastReadSequence
}`) as unknown as TypedDocumentString<MembersQuery, MembersQueryVariables>;
export const LogDocument = new TypedDocumentString(`
    subscription Log($id: ID!, $after: Int) {
  conversationEvents(conversationId: $id, after: $after) {
    __typename
    sequence
    actor {
      ...UserFields
    }
    ... on MessageSent {
      message {
        ...MessageFields
      }
    }
    ... on MessageEdited {
      message {
        ...MessageFields
      }
    }
    ... on MessageDeleted {
      message {
        ...MessageFields
      }
    }
    ... on MemberJoined {
      member {
        ...MembershipFields
      }
    }
    ... on MemberLeft {
      member {
        ...MembershipFields
      }
    }
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MembershipFields on Membership {
  user {
    ...UserFields
  }
  joinedAt
  leftAt
  lastReadSequence
}
fragment MessageFields on Message {
  id
  sequence
  author {
    ...UserFields
  }
  body
  createdAt
  editedAt
  deletedAt
  clientMessageId
  internal
  channel
  replyTo {
    id
  }
}`) as unknown as TypedDocumentString<LogSubscription, LogSubscriptionVariables>;
export const CreateWebhookDocument = new TypedDocumentString(`
    mutation CreateWebhook($input: CreateWebhookInput!) {
  result: createWebhook(input: $input) {
    __typename
    ... on CreateWebhookPayload {
      webhook {
        ...WebhookFields
      }
      secret
    }
    ...ErrorFields
  }
}
    fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}
fragment WebhookFields on Webhook {
  id
  url
  events
  enabled
  disabledReason
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<CreateWebhookMutation, CreateWebhookMutationVariables>;
export const UpdateWebhookDocument = new TypedDocumentString(`
    mutation UpdateWebhook($input: UpdateWebhookInput!) {
  result: updateWebhook(input: $input) {
    __typename
    ... on UpdateWebhookPayload {
      webhook {
        ...WebhookFields
      }
    }
    ...ErrorFields
  }
}
    fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}
fragment WebhookFields on Webhook {
  id
  url
  events
  enabled
  disabledReason
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<UpdateWebhookMutation, UpdateWebhookMutationVariables>;
export const DeleteWebhookDocument = new TypedDocumentString(`
    mutation DeleteWebhook($input: DeleteWebhookInput!) {
  result: deleteWebhook(input: $input) {
    __typename
    ... on DeleteWebhookPayload {
      webhookId
    }
    ...ErrorFields
  }
}
    fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}`) as unknown as TypedDocumentString<DeleteWebhookMutation, DeleteWebhookMutationVariables>;
export const RotateWebhookSecretDocument = new TypedDocumentString(`
    mutation RotateWebhookSecret($input: RotateWebhookSecretInput!) {
  result: rotateWebhookSecret(input: $input) {
    __typename
    ... on RotateWebhookSecretPayload {
      webhook {
        ...WebhookFields
      }
      secret
    }
    ...ErrorFields
  }
}
    fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}
fragment WebhookFields on Webhook {
  id
  url
  events
  enabled
  disabledReason
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<RotateWebhookSecretMutation, RotateWebhookSecretMutationVariables>;
export const RedriveWebhookDeliveryDocument = new TypedDocumentString(`
    mutation RedriveWebhookDelivery($input: RedriveWebhookDeliveryInput!) {
  result: redriveWebhookDelivery(input: $input) {
    __typename
    ... on RedriveWebhookDeliveryPayload {
      delivery {
        ...WebhookDeliveryFields
      }
    }
    ...ErrorFields
  }
}
    fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}
fragment WebhookDeliveryFields on WebhookDelivery {
  id
  event
  conversationId
  sequence
  status
  attempts {
    number
    startedAt
    durationMs
    httpStatus
    outcome
  }
  nextAttemptAt
  error
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<RedriveWebhookDeliveryMutation, RedriveWebhookDeliveryMutationVariables>;
export const WebhooksDocument = new TypedDocumentString(`
    query Webhooks {
  webhooks {
    ...WebhookFields
  }
}
    fragment WebhookFields on Webhook {
  id
  url
  events
  enabled
  disabledReason
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<WebhooksQuery, WebhooksQueryVariables>;
export const WebhookDeliveriesDocument = new TypedDocumentString(`
    query WebhookDeliveries($id: ID!, $status: [WebhookDeliveryStatus!], $first: Int, $after: String, $last: Int, $before: String) {
  webhook(id: $id) {
    ...WebhookFields
    deliveries(
      status: $status
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      edges {
        cursor
        node {
          ...WebhookDeliveryFields
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
      }
    }
  }
}
    fragment WebhookFields on Webhook {
  id
  url
  events
  enabled
  disabledReason
  createdAt
  updatedAt
}
fragment WebhookDeliveryFields on WebhookDelivery {
  id
  event
  conversationId
  sequence
  status
  attempts {
    number
    startedAt
    durationMs
    httpStatus
    outcome
  }
  nextAttemptAt
  error
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<WebhookDeliveriesQuery, WebhookDeliveriesQueryVariables>;
export const FollowDocument = new TypedDocumentString(`
    subscription Follow($id: ID!, $after: Int, $epoch: String) {
  conversationEvents(conversationId: $id, after: $after, epoch: $epoch) {
    __typename
    sequence
    conversationId
    ... on MessageSent {
      message {
        id
        body
        deletedAt
      }
    }
    ... on MessageEdited {
      message {
        id
        body
        deletedAt
      }
    }
    ... on MessageDeleted {
      message {
        id
        body
        deletedAt
      }
    }
    ... on MemberJoined {
      member {
        user {
          name
        }
      }
    }
    ... on MemberLeft {
      member {
        user {
          name
        }
      }
    }
    ... on HistoryReset {
      reason
      resumeFrom
    }
  }
}
    `) as unknown as TypedDocumentString<FollowSubscription, FollowSubscriptionVariables>;
export const ConverseDocument = new TypedDocumentString(`
    mutation Converse($input: CreateConversationInput!) {
  createConversation(input: $input) {
    ... on CreateConversationPayload {
      conversation {
        id
        epoch
        lastSequence
      }
    }
    ... on Error {
      code
    }
  }
}
    `) as unknown as TypedDocumentString<ConverseMutation, ConverseMutationVariables>;
export const SendDocument = new TypedDocumentString(`
    mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) {
    ... on SendMessagePayload {
      message {
        id
        sequence
      }
    }
    ... on Error {
      code
    }
  }
}
    `) as unknown as TypedDocumentString<SendMutation, SendMutationVariables>;
export const SendOutboundMessageDocument = new TypedDocumentString(`
    mutation SendOutboundMessage($input: SendOutboundMessageInput!) {
  result: sendOutboundMessage(input: $input) {
    __typename
    ... on SendOutboundMessagePayload {
      message {
        ...OutsideFields
      }
    }
    ...ErrorFields
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MessageFields on Message {
  id
  sequence
  author {
    ...UserFields
  }
  body
  createdAt
  editedAt
  deletedAt
  clientMessageId
  internal
  channel
  replyTo {
    id
  }
}
fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}
fragment OutsideFields on Message {
  ...MessageFields
  conversation {
    id
    channel
    status
    lastSequence
  }
  attachments {
    url
    contentType
    size
  }
  contact {
    address
    channel
  }
  delivery {
    status
    from
    to
    provider
    providerMessageId
    nextAttemptAt
    error
    requestedAt
    attempts {
      number
      provider
      durationMs
      httpStatus
      outcome
    }
  }
}`) as unknown as TypedDocumentString<SendOutboundMessageMutation, SendOutboundMessageMutationVariables>;
export const RedriveDeliveryDocument = new TypedDocumentString(`
    mutation RedriveDelivery($input: RedriveDeliveryInput!) {
  result: redriveDelivery(input: $input) {
    __typename
    ... on RedriveDeliveryPayload {
      message {
        ...OutsideFields
      }
    }
    ...ErrorFields
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MessageFields on Message {
  id
  sequence
  author {
    ...UserFields
  }
  body
  createdAt
  editedAt
  deletedAt
  clientMessageId
  internal
  channel
  replyTo {
    id
  }
}
fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}
fragment OutsideFields on Message {
  ...MessageFields
  conversation {
    id
    channel
    status
    lastSequence
  }
  attachments {
    url
    contentType
    size
  }
  contact {
    address
    channel
  }
  delivery {
    status
    from
    to
    provider
    providerMessageId
    nextAttemptAt
    error
    requestedAt
    attempts {
      number
      provider
      durationMs
      httpStatus
      outcome
    }
  }
}`) as unknown as TypedDocumentString<RedriveDeliveryMutation, RedriveDeliveryMutationVariables>;
export const CancelDeliveryDocument = new TypedDocumentString(`
    mutation CancelDelivery($input: CancelDeliveryInput!) {
  result: cancelDelivery(input: $input) {
    __typename
    ... on CancelDeliveryPayload {
      message {
        ...OutsideFields
      }
    }
    ...ErrorFields
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MessageFields on Message {
  id
  sequence
  author {
    ...UserFields
  }
  body
  createdAt
  editedAt
  deletedAt
  clientMessageId
  internal
  channel
  replyTo {
    id
  }
}
fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on DeliveryConflictError {
    status
  }
  ... on ServiceBusyError {
    retryAfter
  }
}
fragment OutsideFields on Message {
  ...MessageFields
  conversation {
    id
    channel
    status
    lastSequence
  }
  attachments {
    url
    contentType
    size
  }
  contact {
    address
    channel
  }
  delivery {
    status
    from
    to
    provider
    providerMessageId
    nextAttemptAt
    error
    requestedAt
    attempts {
      number
      provider
      durationMs
      httpStatus
      outcome
    }
  }
}`) as unknown as TypedDocumentString<CancelDeliveryMutation, CancelDeliveryMutationVariables>;
export const OutsideHistoryDocument = new TypedDocumentString(`
    query OutsideHistory($id: ID!) {
  conversation(id: $id) {
    messages(last: 50) {
      edges {
        node {
          ...OutsideFields
        }
      }
    }
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MessageFields on Message {
  id
  sequence
  author {
    ...UserFields
  }
  body
  createdAt
  editedAt
  deletedAt
  clientMessageId
  internal
  channel
  replyTo {
    id
  }
}
fragment OutsideFields on Message {
  ...MessageFields
  conversation {
    id
    channel
    status
    lastSequence
  }
  attachments {
    url
    contentType
    size
  }
  contact {
    address
    channel
  }
  delivery {
    status
    from
    to
    provider
    providerMessageId
    nextAttemptAt
    error
    requestedAt
    attempts {
      number
      provider
      durationMs
      httpStatus
      outcome
    }
  }
}`) as unknown as TypedDocumentString<OutsideHistoryQuery, OutsideHistoryQueryVariables>;
export const OutsideMessageDocument = new TypedDocumentString(`
    query OutsideMessage($id: ID!) {
  node(id: $id) {
    ...OutsideFields
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MessageFields on Message {
  id
  sequence
  author {
    ...UserFields
  }
  body
  createdAt
  editedAt
  deletedAt
  clientMessageId
  internal
  channel
  replyTo {
    id
  }
}
fragment OutsideFields on Message {
  ...MessageFields
  conversation {
    id
    channel
    status
    lastSequence
  }
  attachments {
    url
    contentType
    size
  }
  contact {
    address
    channel
  }
  delivery {
    status
    from
    to
    provider
    providerMessageId
    nextAttemptAt
    error
    requestedAt
    attempts {
      number
      provider
      durationMs
      httpStatus
      outcome
    }
  }
}`) as unknown as TypedDocumentString<OutsideMessageQuery, OutsideMessageQueryVariables>;
export const DeadLettersDocument = new TypedDocumentString(`
    query DeadLetters($first: Int, $after: String, $last: Int, $before: String, $status: [DeliveryStatus!]) {
  deadLetters(
    first: $first
    after: $after
    last: $last
    before: $before
    status: $status
  ) {
    edges {
      cursor
      node {
        ...OutsideFields
      }
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      endCursor
    }
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MessageFields on Message {
  id
  sequence
  author {
    ...UserFields
  }
  body
  createdAt
  editedAt
  deletedAt
  clientMessageId
  internal
  channel
  replyTo {
    id
  }
}
fragment OutsideFields on Message {
  ...MessageFields
  conversation {
    id
    channel
    status
    lastSequence
  }
  attachments {
    url
    contentType
    size
  }
  contact {
    address
    channel
  }
  delivery {
    status
    from
    to
    provider
    providerMessageId
    nextAttemptAt
    error
    requestedAt
    attempts {
      number
      provider
      durationMs
      httpStatus
      outcome
    }
  }
}`) as unknown as TypedDocumentString<DeadLettersQuery, DeadLettersQueryVariables>;
export const PreviewDocument = new TypedDocumentString(`
    query Preview($input: SendOutboundMessageInput!) {
  previewOutboundMessage(input: $input) {
    from
    to
    type
    encoding
    units
    segments
    optedOut
    waitSeconds
  }
}
    `) as unknown as TypedDocumentString<PreviewQuery, PreviewQueryVariables>;
export const DeliveriesDocument = new TypedDocumentString(`
    subscription Deliveries($id: ID!, $after: Int) {
  conversationEvents(conversationId: $id, after: $after) {
    __typename
    sequence
    actor {
      ...UserFields
    }
    ... on MessageSent {
      message {
        ...OutsideFields
      }
    }
    ... on DeliveryChanged {
      message {
        ...OutsideFields
      }
    }
  }
}
    fragment UserFields on User {
  id
  subject
  name
}
fragment MessageFields on Message {
  id
  sequence
  author {
    ...UserFields
  }
  body
  createdAt
  editedAt
  deletedAt
  clientMessageId
  internal
  channel
  replyTo {
    id
  }
}
fragment OutsideFields on Message {
  ...MessageFields
  conversation {
    id
    channel
    status
    lastSequence
  }
  attachments {
    url
    contentType
    size
  }
  contact {
    address
    channel
  }
  delivery {
    status
    from
    to
    provider
    providerMessageId
    nextAttemptAt
    error
    requestedAt
    attempts {
      number
      provider
      durationMs
      httpStatus
      outcome
    }
  }
}`) as unknown as TypedDocumentString<DeliveriesSubscription, DeliveriesSubscriptionVariables>;