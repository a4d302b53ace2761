import { Migration } from '@mikro-orm/migrations';

/**
 * The first tables. WITHOUT ROWID keeps rows in the order of their key: a page of history or of the log is one range
 * of the file, as it is one range of the clustered index on SQL Server.
 */
class FirstTables extends Migration {
	override up(): void {
		this.addSql(`create table users (
			id text not null primary key, subject text not null, name text not null, role text not null,
			created_at datetime not null)`);
		this.addSql('create unique index users_subject_unique on users (subject)');
		this.addSql('create index users_name_index on users (name, id)');
		this.addSql(`create table conversations (
			id text not null primary key, subject text null, channel text not null, status text not null,
			visibility text not null, creator_id text not null, last_sequence integer not null,
			created_at datetime not null, last_activity_at datetime not null, closed_at datetime null)`);
		this.addSql('create index conversations_activity_index on conversations (last_activity_at, id)');
		this.addSql(`create table memberships (
			conversation_id text not null, user_id text not null, joined_at datetime not null, left_at datetime null,
			left_sequence integer null, last_read_sequence integer not null, removed integer not null,
			primary key (conversation_id, user_id)) without rowid`);
		this.addSql('create index memberships_user_index on memberships (user_id, conversation_id)');
		this.addSql(`create table messages (
			conversation_id text not null, sequence integer not null, id text not null, author_id text null,
			body text not null, created_at datetime not null, edited_at datetime null, edit_count integer not null,
			deleted_at datetime null, client_message_id text null, send_key text null, content_hash text not null,
			reply_to_id text null, internal integer not null, channel text not null,
			primary key (conversation_id, sequence)) without rowid`);
		this.addSql('create unique index messages_id_unique on messages (id)');
		this.addSql('create unique index messages_send_key_unique on messages (conversation_id, send_key)');
		this.addSql(`create table message_revisions (
			message_id text not null, number integer not null, body text not null, created_at datetime not null,
			primary key (message_id, number)) without rowid`);
		this.addSql(`create table events (
			conversation_id text not null, sequence integer not null, type text not null, occurred_at datetime not null,
			actor_id text null, message_id text null, member_id text null, internal integer not null,
			command_id text not null, primary key (conversation_id, sequence)) without rowid`);
		this.addSql('create table settings (name text not null primary key, value text not null)');
		this.addSql("insert into settings (name, value) values ('database', lower(hex(randomblob(16))))");
		this.addSql("insert into settings (name, value) values ('epoch', lower(hex(randomblob(8))))");
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
		this.addSql('drop index conversations_open_index');
		this.addSql('drop index memberships_present_index');
	}
}

/** What goes out to providers and comes in from them. */
class Outbound extends Migration {
	override up(): void {
		this.addSql(`create table threads (
			pair_key text not null, generation integer not null, conversation_id text not null, family text not null,
			own_address text not null, contact_address text not null, primary key (pair_key, generation)) without rowid`);
		this.addSql('create unique index threads_conversation_unique on threads (conversation_id)');
		this.addSql(`create table deliveries (
			message_id text not null primary key, conversation_id text not null, sequence integer not null,
			channel text not null, status text not null, from_address text not null, to_address text not null,
			requested_at datetime not null, provider text null, attempts integer not null, tries integer not null,
			next_attempt_at datetime null, lease_until datetime null, provider_message_id text null, error text null,
			uncertain integer not null, updated_at datetime not null, open_sequence integer null,
			due_at datetime null) without rowid`);
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
			message_id text not null, number integer not null, provider text not null, started_at datetime not null,
			duration_ms integer null, http_status integer null, outcome text not null,
			primary key (message_id, number)) without rowid`);
		this.addSql(`create table attachments (
			message_id text not null, position integer not null, url text not null, content_type text null,
			size integer null, primary key (message_id, position)) without rowid`);
		this.addSql(`create table incoming_messages (
			message_id text not null primary key, contact_address text not null, own_address text not null,
			provider text not null, provider_message_id text not null, sent_at datetime not null) without rowid`);
		this.addSql(`create table webhook_receipts (
			receipt_key text not null primary key, received_at datetime not null) without rowid`);
		this.addSql('create index webhook_receipts_received_index on webhook_receipts (received_at)');
		this.addSql(`create table opt_outs (
			opt_out_key text not null primary key, family text not null, address text not null,
			opted_out_at datetime not null) without rowid`);
		this.addSql(`create table provider_limits (
			provider text not null primary key, next_turn_at datetime null, next_turn_micros integer not null,
			paused_until datetime null) without rowid`);
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
			id text not null primary key, url text not null, events text not null, enabled integer not null,
			disabled_reason text null, secret text not null, previous_secret text null,
			previous_secret_until datetime null, created_at datetime not null, updated_at datetime not null,
			deleted_at datetime null)`);
		this.addSql(`create table webhook_deliveries (
			id text not null primary key, webhook_id text not null, conversation_id text not null,
			sequence integer not null, event text not null, status text not null, attempts integer not null,
			tries integer not null, next_attempt_at datetime null, lease_until datetime null, error text null,
			created_at datetime not null, updated_at datetime not null)`);
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
			delivery_id text not null, number integer not null, started_at datetime not null,
			duration_ms integer null, http_status integer null, outcome text not null,
			primary key (delivery_id, number)) without rowid`);
	}

	override down(): void {
		for (const table of ['webhook_attempts', 'webhook_deliveries', 'webhooks'])
			this.addSql(`drop table ${table}`);
	}
}

/** In the order in which they are applied; a name never changes. */
export const sqliteMigrations = [
	{ name: '0001-first-tables', class: FirstTables },
	{ name: '0002-page-indexes', class: PageIndexes },
	{ name: '0003-outbound', class: Outbound },
	{ name: '0004-webhooks', class: Webhooks },
];
