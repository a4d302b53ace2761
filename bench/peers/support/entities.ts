import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** The product's tables as a MikroORM application would declare them: relations instead of bare keys. */

const instant = () => p.datetime().length(3);

export const UserEntity = defineEntity({
	name: 'User',
	tableName: 'users',
	properties: {
		id: p.uuid().primary(),
		subject: p.string().length(255).unique(),
		name: p.string().length(200),
		role: p.string().length(24),
	},
});

export const ConversationEntity = defineEntity({
	name: 'Conversation',
	tableName: 'conversations',
	properties: {
		id: p.uuid().primary(),
		subject: p.string().length(200).nullable(),
		visibility: p.string().length(24),
		lastSequence: p.integer(),
		createdAt: instant(),
		lastActivityAt: instant(),
	},
});

export const MembershipEntity = defineEntity({
	name: 'Membership',
	tableName: 'memberships',
	properties: {
		conversation: () => p.manyToOne(ConversationEntity).primary(),
		user: () => p.manyToOne(UserEntity).primary(),
		joinedAt: instant(),
	},
});

export const MessageEntity = defineEntity({
	name: 'Message',
	tableName: 'messages',
	properties: {
		id: p.uuid().primary(),
		conversation: () => p.manyToOne(ConversationEntity),
		sequence: p.integer(),
		author: () => p.manyToOne(UserEntity),
		body: p.string().length(-1),
		createdAt: instant(),
		clientMessageId: p.string().length(64).nullable(),
	},
	uniques: [
		{ properties: ['conversation', 'sequence'] },
		{ properties: ['conversation', 'author', 'clientMessageId'] },
	],
});

export const EventEntity = defineEntity({
	name: 'Event',
	tableName: 'events',
	properties: {
		id: p.uuid().primary(),
		conversation: () => p.manyToOne(ConversationEntity),
		sequence: p.integer(),
		type: p.string().length(24),
		occurredAt: instant(),
		actor: () => p.manyToOne(UserEntity),
		message: () => p.manyToOne(MessageEntity).nullable(),
	},
	uniques: [{ properties: ['conversation', 'sequence'] }],
});

export const entities = [UserEntity, ConversationEntity, MembershipEntity, MessageEntity, EventEntity];

export type User = InferEntity<typeof UserEntity>;
export type Conversation = InferEntity<typeof ConversationEntity>;
export type Message = InferEntity<typeof MessageEntity>;
