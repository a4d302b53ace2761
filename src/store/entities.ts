import { defineEntity, p } from '@mikro-orm/core';
import { instant, key, word } from './columns.ts';
import { outsideEntities } from './outside-entities.ts';
import { webhookEntities } from './webhook-entities.ts';

/**
 * The tables. They are made for SQL Server and fit the others: text is nvarchar there, keys compare by code
 * point (BINARY), (conversation, sequence) is the clustered key of messages and events, and no statement needs
 * more than the subset of T-SQL that SQL Server and its compatible servers share.
 */

export const UserEntity = defineEntity({
	name: 'User',
	tableName: 'users',
	properties: {
		id: p.uuid().primary(),
		subject: key(255).unique(),
		name: key(200),
		role: word(),
		createdAt: instant(),
	},
	indexes: [{ name: 'users_name_index', properties: ['name', 'id'] }],
});

export const ConversationEntity = defineEntity({
	name: 'Conversation',
	tableName: 'conversations',
	properties: {
		id: p.uuid().primary(),
		subject: p.string().length(200).nullable(),
		channel: word(),
		status: word(),
		visibility: word(),
		creatorId: p.uuid(),
		lastSequence: p.integer(),
		createdAt: instant(),
		lastActivityAt: instant(),
		closedAt: instant().nullable(),
	},
	indexes: [
		{ name: 'conversations_activity_index', properties: ['lastActivityAt', 'id'] },
		{ name: 'conversations_open_index', properties: ['lastActivityAt', 'id'], where: { closedAt: null } },
	],
});

export const MembershipEntity = defineEntity({
	name: 'Membership',
	tableName: 'memberships',
	properties: {
		conversationId: p.uuid().primary(),
		userId: p.uuid().primary(),
		joinedAt: instant(),
		leftAt: instant().nullable(),
		leftSequence: p.integer().nullable(),
		lastReadSequence: p.integer(),
		removed: p.boolean(),
	},
	indexes: [
		{ name: 'memberships_user_index', properties: ['userId', 'conversationId'] },
		{
			name: 'memberships_present_index',
			properties: ['conversationId', 'joinedAt', 'userId'],
			where: { leftAt: null },
		},
	],
});

export const MessageEntity = defineEntity({
	name: 'Message',
	tableName: 'messages',
	properties: {
		conversationId: p.uuid().primary(),
		sequence: p.integer().primary(),
		id: p.uuid(),
		authorId: p.uuid().nullable(),
		body: p.string().length(-1),
		createdAt: instant(),
		editedAt: instant().nullable(),
		editCount: p.integer(),
		deletedAt: instant().nullable(),
		clientMessageId: p.string().length(64).nullable(),
		/** SHA-256 of author and clientMessageId: equal only when they are equal to the last blank. */
		sendKey: key(43).nullable(),
		contentHash: key(43),
		replyToId: p.uuid().nullable(),
		internal: p.boolean(),
		channel: word(),
	},
	uniques: [
		{ name: 'messages_id_unique', properties: ['id'] },
		{ name: 'messages_send_key_unique', properties: ['conversationId', 'sendKey'] },
	],
});

export const RevisionEntity = defineEntity({
	name: 'Revision',
	tableName: 'message_revisions',
	properties: {
		messageId: p.uuid().primary(),
		number: p.integer().primary(),
		body: p.string().length(-1),
		createdAt: instant(),
	},
});

export const EventEntity = defineEntity({
	name: 'Event',
	tableName: 'events',
	properties: {
		conversationId: p.uuid().primary(),
		sequence: p.integer().primary(),
		type: word(),
		occurredAt: instant(),
		actorId: p.uuid().nullable(),
		messageId: p.uuid().nullable(),
		memberId: p.uuid().nullable(),
		internal: p.boolean(),
		commandId: p.uuid(),
	},
});

/** What the database knows of itself: its id, and the epoch of its logs. */
export const SettingEntity = defineEntity({
	name: 'Setting',
	tableName: 'settings',
	properties: {
		name: word().primary(),
		value: p.string().length(255),
	},
});

export const entities = [
	UserEntity,
	ConversationEntity,
	MembershipEntity,
	MessageEntity,
	RevisionEntity,
	EventEntity,
	...outsideEntities,
	...webhookEntities,
	SettingEntity,
] as const;
