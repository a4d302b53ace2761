import { Migration } from '@mikro-orm/migrations';

const BINARY = 'collate Latin1_General_100_BIN2';

/**
 * The first tables. Text is Unicode, instants have milliseconds, and the primary keys are clustered: a page of history
 * or of the log is one range. Two rows without a key would be equal to SQL Server, so the index of keys leaves them out.
 */
class FirstTables extends Migration {
	override up(): void {
		this.addSql(`create table users (
			id uniqueidentifier not null, subject nvarchar(255) ${BINARY} not null, name nvarchar(200) ${BINARY} not null,
			role nvarchar(24) not null, created_at datetime2(3) not null, constraint users_pkey primary key (id))`);
		this.addSql('create unique index users_subject_unique on users (subject)');
		this.addSql('create index users_name_index on users (name, id)');
		this.addSql(`create table conversations (
			id uniqueidentifier not null, subject nvarchar(200) null, channel nvarchar(24) not null,
			status nvarchar(24) not null, visibility nvarchar(24) not null, creator_id uniqueidentifier not null,
			last_sequence int not null, created_at datetime2(3) not null, last_activity_at datetime2(3) not null,
			closed_at datetime2(3) null, constraint conversations_pkey primary key (id))`);
		this.addSql('create index conversations_activity_index on conversations (last_activity_at, id)');
		this.addSql(`create table memberships (
			conversation_id uniqueidentifier not null, user_id uniqueidentifier not null, joined_at datetime2(3) not null,
			left_at datetime2(3) null, left_sequence int null, last_read_sequence int not null, removed bit not null,
			constraint memberships_pkey primary key (conversation_id, user_id))`);
		this.addSql('create index memberships_user_index on memberships (user_id, conversation_id)');
		this.addSql(`create table messages (
			conversation_id uniqueidentifier not null, sequence int not null, id uniqueidentifier not null,
			author_id uniqueidentifier null, body nvarchar(max) not null, created_at datetime2(3) not null,
			edited_at datetime2(3) null, edit_count int not null, deleted_at datetime2(3) null,
			client_message_id nvarchar(64) null, send_key nvarchar(43) ${BINARY} null,
			content_hash nvarchar(43) ${BINARY} not null, reply_to_id uniqueidentifier null, internal bit not null,
			channel nvarchar(24) not null, constraint messages_pkey primary key (conversation_id, sequence))`);
		this.addSql('create unique index messages_id_unique on messages (id)');
		this.addSql(`create unique index messages_send_key_unique on messages (conversation_id, send_key)
			where conversation_id is not null and send_key is not null`);
		this.addSql(`create table message_revisions (
			message_id uniqueidentifier not null, number int not null, body nvarchar(max) not null,
			created_at datetime2(3) not null, constraint message_revisions_pkey primary key (message_id, number))`);
		this.addSql(`create table events (
			conversation_id uniqueidentifier not null, sequence int not null, type nvarchar(24) not null,
			occurred_at datetime2(3) not null, actor_id uniqueidentifier null, message_id uniqueidentifier null,
			member_id uniqueidentifier null, internal bit not null, command_id uniqueidentifier not null,
			constraint events_pkey primary key (conversation_id, sequence))`);
		this.addSql(`create table settings (
			name nvarchar(24) not null, value nvarchar(255) not null, constraint settings_pkey primary key (name))`);
		this.addSql(
			"insert into settings (name, value) values ('database', lower(replace(convert(nvarchar(36), newid()), '-', '')))",
		);
		this.addSql(
			"insert into settings (name, value) values ('epoch', lower(left(replace(convert(nvarchar(36), newid()), '-', ''), 16)))",
		);
	}

	override down(): void {
		for (const table of [
			'settings',
			'events',
			'message_revisions',
			'messages',
			'memberships',
			'conversations',
			'users',
		])
			this.addSql(`drop table ${table}`);
	}
}

/** Open conversations among many closed ones, and the present members of a conversation in the order of their page. */
class PageIndexes extends Migration {
	override up(): void {
		this.addSql(
			'create index conversations_open_index on conversations (last_activity_at, id) where closed_at is null',
		);
		this.addSql(
			'create index memberships_present_index on memberships (conversation_id, joined_at, user_id) where left_at is null',
		);
	}

	override down(): void {
		this.addSql('drop index conversations_open_index on conversations');
		this.addSql('drop index memberships_present_index on memberships');
	}
}

/** What goes out to providers and comes in from them. */
class Outbound extends Migration {
	override up(): void {
		this.addSql(`create table threads (
			pair_key nvarchar(43) ${BINARY} not null, generation int not null,
			conversation_id uniqueidentifier not null, family nvarchar(24) not null,
			own_address nvarchar(320) ${BINARY} not null, contact_address nvarchar(320) ${BINARY} not null,
			constraint threads_pkey primary key (pair_key, generation))`);
		this.addSql('create unique index threads_conversation_unique on threads (conversation_id)');
		this.addSql(`create table deliveries (
			message_id uniqueidentifier not null, conversation_id uniqueidentifier not null, sequence int not null,
			channel nvarchar(24) not null, status nvarchar(24) not null, from_address nvarchar(320) ${BINARY} not null,
			to_address nvarchar(320) ${BINARY} not null, requested_at datetime2(3) not null, provider nvarchar(24) null,
			attempts int not null, tries int not null, next_attempt_at datetime2(3) null, lease_until datetime2(3) null,
			provider_message_id nvarchar(255) ${BINARY} null, error nvarchar(500) null, uncertain bit not null,
			updated_at datetime2(3) not null, open_sequence int null, due_at datetime2(3) null,
			constraint deliveries_pkey primary key (message_id))`);
		this.addSql('create index deliveries_due_index on deliveries (channel, due_at) where due_at is not null');
		this.addSql(
			'create index deliveries_lease_index on deliveries (lease_until) where lease_until is not null',
		);
		this.addSql(
			'create index deliveries_open_index on deliveries (conversation_id, open_sequence) where open_sequence is not null',
		);
		this.addSql(
			'create index deliveries_provider_index on deliveries (provider_message_id, provider, message_id) where provider_message_id is not null',
		);
		this.addSql(
			'create index deliveries_status_index on deliveries (status, updated_at, message_id, channel)',
		);
		this.addSql(`create table delivery_attempts (
			message_id uniqueidentifier not null, number int not null, provider nvarchar(24) not null,
			started_at datetime2(3) not null, duration_ms int null, http_status int null, outcome nvarchar(24) not null,
			constraint delivery_attempts_pkey primary key (message_id, number))`);
		this.addSql(`create table attachments (
			message_id uniqueidentifier not null, position int not null, url nvarchar(2048) not null,
			content_type nvarchar(255) null, size int null,
			constraint attachments_pkey primary key (message_id, position))`);
		this.addSql(`create table incoming_messages (
			message_id uniqueidentifier not null, contact_address nvarchar(320) ${BINARY} not null,
			own_address nvarchar(320) ${BINARY} not null, provider nvarchar(24) not null,
			provider_message_id nvarchar(255) ${BINARY} not null, sent_at datetime2(3) not null,
			constraint incoming_messages_pkey primary key (message_id))`);
		this.addSql(`create table webhook_receipts (
			receipt_key nvarchar(43) ${BINARY} not null, received_at datetime2(3) not null,
			constraint webhook_receipts_pkey primary key (receipt_key))`);
		this.addSql('create index webhook_receipts_received_index on webhook_receipts (received_at)');
		this.addSql(`create table opt_outs (
			opt_out_key nvarchar(43) ${BINARY} not null, family nvarchar(24) not null,
			address nvarchar(320) ${BINARY} not null, opted_out_at datetime2(3) not null,
			constraint opt_outs_pkey primary key (opt_out_key))`);
		this.addSql(`create table provider_limits (
			provider nvarchar(24) not null, next_turn_at datetime2(3) null, next_turn_micros int not null,
			paused_until datetime2(3) null, constraint provider_limits_pkey primary key (provider))`);
	}

	override down(): void {
		for (const table of [
			'provider_limits',
			'opt_outs',
			'webhook_receipts',
			'incoming_messages',
			'attachments',
			'delivery_attempts',
			'deliveries',
			'threads',
		])
			this.addSql(`drop table ${table}`);
	}
}

/** Customers' webhooks, and what they are told. */
class Webhooks extends Migration {
	override up(): void {
		this.addSql(`create table webhooks (
			id uniqueidentifier not null, url nvarchar(2048) not null, events nvarchar(255) not null,
			enabled bit not null, disabled_reason nvarchar(500) null, secret nvarchar(128) not null,
			previous_secret nvarchar(128) null, previous_secret_until datetime2(3) null,
			created_at datetime2(3) not null, updated_at datetime2(3) not null, deleted_at datetime2(3) null,
			constraint webhooks_pkey primary key (id))`);
		this.addSql(`create table webhook_deliveries (
			id uniqueidentifier not null, webhook_id uniqueidentifier not null,
			conversation_id uniqueidentifier not null, sequence int not null, event nvarchar(24) not null,
			status nvarchar(24) not null, attempts int not null, tries int not null,
			next_attempt_at datetime2(3) null, lease_until datetime2(3) null, error nvarchar(500) null,
			created_at datetime2(3) not null, updated_at datetime2(3) not null,
			constraint webhook_deliveries_pkey primary key (id))`);
		this.addSql(
			'create index webhook_deliveries_status_index on webhook_deliveries (webhook_id, status, created_at, id)',
		);
		this.addSql(
			'create index webhook_deliveries_due_index on webhook_deliveries (webhook_id, next_attempt_at) where next_attempt_at is not null',
		);
		this.addSql(
			'create index webhook_deliveries_lease_index on webhook_deliveries (lease_until) where lease_until is not null',
		);
		this.addSql(`create table webhook_attempts (
			delivery_id uniqueidentifier not null, number int not null, started_at datetime2(3) not null,
			duration_ms int null, http_status int null, outcome nvarchar(24) not null,
			constraint webhook_attempts_pkey primary key (delivery_id, number))`);
	}

	override down(): void {
		for (const table of ['webhook_attempts', 'webhook_deliveries', 'webhooks'])
			this.addSql(`drop table ${table}`);
	}
}

/** In the order in which they are applied; a name never changes. */
export const mssqlMigrations = [
	{ name: '0001-first-tables', class: FirstTables },
	{ name: '0002-page-indexes', class: PageIndexes },
	{ name: '0003-outbound', class: Outbound },
	{ name: '0004-webhooks', class: Webhooks },
];
