/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

/** Which message to edit, and how it reads from now on. */
export type EditMessageInput = {
  /** The new text: not blank, at most 65,536 bytes of UTF-8. */
  readonly body: string;
  /** The message's id. */
  readonly messageId: string;
};

/** How far the viewer has read. */
export type MarkReadInput = {
  /** The conversation's id. */
  readonly conversationId: string;
  /** The newest sequence read, 0 or more. */
  readonly sequence: number;
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

export type DemoConversationQueryVariables = Exact<{
  id: string;
}>;


export type DemoConversationQuery = { readonly conversation: { readonly lastSequence: number, readonly unreadCount: number, readonly messages: { readonly edges: ReadonlyArray<{ readonly node: { readonly sequence: number } }> } } | null };

export type DemoCreateMutationVariables = Exact<{
  input: CreateConversationInput;
}>;


export type DemoCreateMutation = { readonly createConversation:
    | { readonly __typename: 'CreateConversationPayload', readonly conversation: { readonly id: string } }
    | { readonly __typename: 'ForbiddenError', readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly reason: string }
   };

export type DemoSendMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type DemoSendMutation = { readonly sendMessage:
    | { readonly __typename: 'ContactOptedOutError', readonly reason: string }
    | { readonly __typename: 'ConversationClosedError', readonly reason: string }
    | { readonly __typename: 'ConversationMovedError', readonly reason: string }
    | { readonly __typename: 'ForbiddenError', readonly reason: string }
    | { readonly __typename: 'IdempotencyConflictError', readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly reason: string }
    | { readonly __typename: 'SendMessagePayload', readonly message: { readonly id: string, readonly sequence: number } }
    | { readonly __typename: 'ServiceBusyError', readonly reason: string }
   };

export type DemoEditMutationVariables = Exact<{
  input: EditMessageInput;
}>;


export type DemoEditMutation = { readonly editMessage:
    | { readonly __typename: 'ConversationClosedError', readonly reason: string }
    | { readonly __typename: 'EditMessagePayload', readonly message: { readonly id: string } }
    | { readonly __typename: 'ForbiddenError', readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly reason: string }
   };

export type DemoSetTypingMutationVariables = Exact<{
  input: SetTypingInput;
}>;


export type DemoSetTypingMutation = { readonly setTyping:
    | { readonly __typename: 'ForbiddenError', readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly reason: string }
    | { readonly __typename: 'NotFoundError', readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly reason: string }
    | { readonly __typename: 'SetTypingPayload' }
   };

export type DemoMarkReadMutationVariables = Exact<{
  input: MarkReadInput;
}>;


export type DemoMarkReadMutation = { readonly markRead:
    | { readonly __typename: 'ForbiddenError', readonly reason: string }
    | { readonly __typename: 'InvalidInputError', readonly reason: string }
    | { readonly __typename: 'MarkReadPayload', readonly membership: { readonly lastReadSequence: number } }
    | { readonly __typename: 'NotFoundError', readonly reason: string }
    | { readonly __typename: 'RateLimitedError', readonly reason: string }
    | { readonly __typename: 'ServiceBusyError', readonly reason: string }
   };

export type DemoEventsSubscriptionVariables = Exact<{
  id: string;
  after: number;
}>;


export type DemoEventsSubscription = { readonly conversationEvents:
    | { readonly __typename: 'ConversationChanged', readonly sequence: number, readonly actor: { readonly name: string } | null }
    | { readonly __typename: 'DeliveryChanged', readonly sequence: number, readonly actor: { readonly name: string } | null }
    | { readonly __typename: 'HistoryReset', readonly sequence: number, readonly actor: { readonly name: string } | null }
    | { readonly __typename: 'MemberJoined', readonly sequence: number, readonly actor: { readonly name: string } | null }
    | { readonly __typename: 'MemberLeft', readonly sequence: number, readonly actor: { readonly name: string } | null }
    | { readonly __typename: 'MessageDeleted', readonly sequence: number, readonly actor: { readonly name: string } | null }
    | { readonly __typename: 'MessageEdited', readonly sequence: number, readonly message: { readonly body: string }, readonly actor: { readonly name: string } | null }
    | { readonly __typename: 'MessageSent', readonly sequence: number, readonly message: { readonly body: string, readonly internal: boolean }, readonly actor: { readonly name: string } | null }
   };

export type DemoActivitySubscriptionVariables = Exact<{
  id: string;
}>;


export type DemoActivitySubscription = { readonly conversationActivity:
    | { readonly __typename: 'PresenceChanged' }
    | { readonly __typename: 'ReadMarkerMoved', readonly sequence: number, readonly user: { readonly name: string } }
    | { readonly __typename: 'TypingChanged', readonly typing: boolean, readonly user: { readonly name: string } }
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

export const DemoConversationDocument = new TypedDocumentString(`
    query DemoConversation($id: ID!) {
  conversation(id: $id) {
    lastSequence
    unreadCount
    messages(last: 50) {
      edges {
        node {
          sequence
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<DemoConversationQuery, DemoConversationQueryVariables>;
export const DemoCreateDocument = new TypedDocumentString(`
    mutation DemoCreate($input: CreateConversationInput!) {
  createConversation(input: $input) {
    __typename
    ... on CreateConversationPayload {
      conversation {
        id
      }
    }
    ... on Error {
      reason: message
    }
  }
}
    `) as unknown as TypedDocumentString<DemoCreateMutation, DemoCreateMutationVariables>;
export const DemoSendDocument = new TypedDocumentString(`
    mutation DemoSend($input: SendMessageInput!) {
  sendMessage(input: $input) {
    __typename
    ... on SendMessagePayload {
      message {
        id
        sequence
      }
    }
    ... on Error {
      reason: message
    }
  }
}
    `) as unknown as TypedDocumentString<DemoSendMutation, DemoSendMutationVariables>;
export const DemoEditDocument = new TypedDocumentString(`
    mutation DemoEdit($input: EditMessageInput!) {
  editMessage(input: $input) {
    __typename
    ... on EditMessagePayload {
      message {
        id
      }
    }
    ... on Error {
      reason: message
    }
  }
}
    `) as unknown as TypedDocumentString<DemoEditMutation, DemoEditMutationVariables>;
export const DemoSetTypingDocument = new TypedDocumentString(`
    mutation DemoSetTyping($input: SetTypingInput!) {
  setTyping(input: $input) {
    __typename
    ... on Error {
      reason: message
    }
  }
}
    `) as unknown as TypedDocumentString<DemoSetTypingMutation, DemoSetTypingMutationVariables>;
export const DemoMarkReadDocument = new TypedDocumentString(`
    mutation DemoMarkRead($input: MarkReadInput!) {
  markRead(input: $input) {
    __typename
    ... on MarkReadPayload {
      membership {
        lastReadSequence
      }
    }
    ... on Error {
      reason: message
    }
  }
}
    `) as unknown as TypedDocumentString<DemoMarkReadMutation, DemoMarkReadMutationVariables>;
export const DemoEventsDocument = new TypedDocumentString(`
    subscription DemoEvents($id: ID!, $after: Int!) {
  conversationEvents(conversationId: $id, after: $after) {
    __typename
    sequence
    actor {
      name
    }
    ... on MessageSent {
      message {
        body
        internal
      }
    }
    ... on MessageEdited {
      message {
        body
      }
    }
  }
}
    `) as unknown as TypedDocumentString<DemoEventsSubscription, DemoEventsSubscriptionVariables>;
export const DemoActivityDocument = new TypedDocumentString(`
    subscription DemoActivity($id: ID!) {
  conversationActivity(conversationId: $id) {
    __typename
    ... on TypingChanged {
      typing
      user {
        name
      }
    }
    ... on ReadMarkerMoved {
      sequence
      user {
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<DemoActivitySubscription, DemoActivitySubscriptionVariables>;