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
  /** The way its messages travel; CHAT if left out. */
  readonly channel?: Channel | null | undefined;
  /** Users who are members from the start beside its creator, at most 100. */
  readonly memberIds?: ReadonlyArray<string> | null | undefined;
  /** What it is about, at most 200 characters. */
  readonly subject?: string | null | undefined;
  /** Who may join it; PRIVATE if left out. */
  readonly visibility?: Visibility | null | undefined;
};

/** Which message to delete. */
export type DeleteMessageInput = {
  /** The message's id. */
  readonly messageId: string;
};

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

/** Whom to remove, and where: `userId` or `subject`, exactly one of the two. */
export type RemoveMemberInput = {
  /** The conversation's id. */
  readonly conversationId: string;
  /** The `sub` of the user's tokens. */
  readonly subject?: string | null | undefined;
  /** The user's id. */
  readonly userId?: string | null | undefined;
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

/** Whether the viewer is typing, and where. */
export type SetTypingInput = {
  /** The conversation's id. */
  readonly conversationId: string;
  /** False when they stopped. */
  readonly typing: boolean;
};

/** Who may join a conversation. */
export type Visibility =
  /** Anyone signed in may join, and may read subject, status and visibility before. Messages, members and events take membership. */
  | 'OPEN'
  /** Takes an invitation (addMember) or the agent role. To others it does not exist. */
  | 'PRIVATE';

export type UserFieldsFragment = { readonly id: string, readonly subject: string, readonly name: string };

export type MembershipFieldsFragment = { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } };

export type ConversationFieldsFragment = { readonly id: string, readonly subject: string | null, readonly channel: Channel, readonly status: ConversationStatus, readonly visibility: Visibility, readonly lastSequence: number, readonly closedAt: string | null, readonly createdAt: string, readonly lastActivityAt: string, readonly unreadCount: number, readonly viewerMembership: { readonly joinedAt: string, readonly leftAt: string | null, readonly lastReadSequence: number, readonly user: { readonly id: string, readonly subject: string, readonly name: string } } | null };

export type MessageFieldsFragment = { readonly id: string, readonly sequence: number, readonly body: string, readonly createdAt: string, readonly editedAt: string | null, readonly deletedAt: string | null, readonly clientMessageId: string | null, readonly internal: boolean, readonly channel: Channel, readonly author: { readonly id: string, readonly subject: string, readonly name: string } | null, readonly replyTo: { readonly id: string } | null };

type ErrorFields_ContactOptedOutError_Fragment = { readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string };

type ErrorFields_ConversationClosedError_Fragment = { readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string };

type ErrorFields_ConversationMovedError_Fragment = { readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string };

type ErrorFields_DeliveryConflictError_Fragment = { readonly code: ErrorCode, readonly retryable: boolean, readonly reason: string };

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
export const ErrorFieldsFragmentDoc = new TypedDocumentString(`
    fragment ErrorFields on Error {
  code
  reason: message
  retryable
  ... on InvalidInputError {
    field
  }
  ... on ServiceBusyError {
    retryAfter
  }
}
    `, {"fragmentName":"ErrorFields"}) as unknown as TypedDocumentString<ErrorFieldsFragment, unknown>;
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