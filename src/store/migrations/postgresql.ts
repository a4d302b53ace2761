import { Migration } from '@mikro-orm/migrations';

/** The first tables. Each primary key is what the rows are read by: (conversation, sequence) for history and log. */
class FirstTables extends Migration {
	override up(): void {
		this.addSql(`create table users (
			id uuid primary key, subject varchar(255) collate "C" not null, name varchar(200) collate "C" not null,
			role varchar(24) not null, created_at timestamptz(3) not null,
			constraint users_subject_unique unique (subject))`);
		this.addSql('create index users_name_index on users (name, id)');
		this.addSql(`create table conversations (
			id uuid primary key, subject varchar(200) null, channel varchar(24) not null, status varchar(24) not null,
			visibility varchar(24) not null, creator_id uuid not null, last_sequence int not null,
			created_at timestamptz(3) not null, last_activity_at timestamptz(3) not null, closed_at timestamptz(3) null)`);
		this.addSql('create index conversations_activity_index on conversations (last_activity_at, id)');
		this.addSql(`create table memberships (
			conversation_id uuid not null, user_id uuid not null, joined_at timestamptz(3) not null,
			left_at timestamptz(3) null, left_sequence int null, last_read_sequence int not null, removed boolean not null,
			primary key (conversation_id, user_id))`);
		this.addSql('create index memberships_user_index on memberships (user_id, conversation_id)');
		this.addSql(`create table messages (
			conversation_id uuid not null, sequence int not null, id uuid not null, author_id uuid null,
			body varchar not null, created_at timestamptz(3) not null, edited_at timestamptz(3) null, edit_count int not null,
			deleted_at timestamptz(3) null, client_message_id varchar(64) null, send_key varchar(43) collate "C" null,
			content_hash varchar(43) collate "C" not null, reply_to_id uuid null, internal boolean not null,
			channel varchar(24) not null, primary key (conversation_id, sequence),
			constraint messages_id_unique unique (id), constraint messages_send_key_unique unique (conversation_id, send_key))`);
		this.addSql(`create table message_revisions (
			message_id uuid not null, number int not null, body varchar not null, created_at timestamptz(3) not null,
			primary key (message_id, number))`);
		this.addSql(`create table events (
			conversation_id uuid not null, sequence int not null, type varchar(24) not null,
			occurred_at timestamptz(3) not null, actor_id uuid null, message_id uuid null, member_id uuid null,
			internal boolean not null, command_id uuid not null, primary key (conversation_id, sequence))`);
		this.addSql('create table settings (name varchar(24) primary key, value varchar(255) not null)');
		this.addSql(
			"insert into settings (name, value) values ('database', replace(gen_random_uuid()::text, '-', ''))",
		);
		this.addSql(
			"insert into settings (name, value) values ('epoch', left(replace(gen_random_uuid()::text, '-', ''), 16))",
		);
	}

	override down(): void {
		this.addSql(
			'drop table settings, events, message_revisions, messages, memberships, conversations, users',
		);
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
			pair_key varchar(43) collate "C" not null, generation int not null, conversation_id uuid not null,
			family varchar(24) not null, own_address varchar(320) collate "C" not null,
			contact_address varchar(320) collate "C" not null, primary key (pair_key, generation),
			constraint threads_conversation_unique unique (conversation_id))`);
		this.addSql(`create table deliveries (
			message_id uuid primary key, conversation_id uuid not null, sequence int not null,
			channel varchar(24) not null, status varchar(24) not null, from_address varchar(320) collate "C" not null,
			to_address varchar(320) collate "C" not null, requested_at timestamptz(3) not null,
			provider varchar(24) null, attempts int not null, tries int not null, next_attempt_at timestamptz(3) null,
			lease_until timestamptz(3) null, provider_message_id varchar(255) collate "C" null, error varchar(500) null,
			uncertain boolean not null, updated_at timestamptz(3) not null, open_sequence int null,
			due_at timestamptz(3) null)`);
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
			message_id uuid not null, number int not null, provider varchar(24) not null,
			started_at timestamptz(3) not null, duration_ms int null, http_status int null,
			outcome varchar(24) not null, primary key (message_id, number))`);
		this.addSql(`create table attachments (
			message_id uuid not null, position int not null, url varchar(2048) not null, content_type varchar(255) null,
			size int null, primary key (message_id, position))`);
		this.addSql(`create table incoming_messages (
			message_id uuid primary key, contact_address varchar(320) collate "C" not null,
			own_address varchar(320) collate "C" not null, provider varchar(24) not null,
			provider_message_id varchar(255) collate "C" not null, sent_at timestamptz(3) not null)`);
		this.addSql(`create table webhook_receipts (
			receipt_key varchar(43) collate "C" primary key, received_at timestamptz(3) not null)`);
		this.addSql('create index webhook_receipts_received_index on webhook_receipts (received_at)');
		this.addSql(`create table opt_outs (
			opt_out_key varchar(43) collate "C" primary key, family varchar(24) not null,
			address varchar(320) collate "C" not null, opted_out_at timestamptz(3) not null)`);
		this.addSql(`create table provider_limits (
			provider varchar(24) primary key, next_turn_at timestamptz(3) null, next_turn_micros int not null,
			paused_until timestamptz(3) null)`);
	}

	override down(): void {
		this.addSql(
			'drop table provider_limits, opt_outs, webhook_receipts, incoming_messages, attachments, delivery_attempts, deliveries, threads',
		);
	}
}

/** Customers' webhooks, and what they are told. */
class Webhooks extends Migration {
	override up(): void {
		this.addSql(`create table webhooks (
			id uuid primary key, url varchar(2048) not null, events varchar(255) not null,
			enabled boolean not null, disabled_reason varchar(500) null, secret varchar(128) not null,
			previous_secret varchar(128) null, previous_secret_until timestamptz(3) null,
			created_at timestamptz(3) not null, updated_at timestamptz(3) not null,
			deleted_at timestamptz(3) null)`);
		this.addSql(`create table webhook_deliveries (
			id uuid primary key, webhook_id uuid not null, conversation_id uuid not null, sequence int not null,
			event varchar(24) not null, status varchar(24) not null, attempts int not null, tries int not null,
			next_attempt_at timestamptz(3) null, lease_until timestamptz(3) null, error varchar(500) null,
			created_at timestamptz(3) not null, updated_at timestamptz(3) not null)`);
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
			delivery_id uuid not null, number int not null, started_at timestamptz(3) not null,
			duration_ms int null, http_status int null, outcome varchar(24) not null,
			primary key (delivery_id, number))`);
	}

	override down(): void {
		this.addSql('drop table webhook_attempts, webhook_deliveries, webhooks');
	}
}

/** In the order in which they are applied; a name never changes. */
export const postgresqlMigrations = [
	{ name: '0001-first-tables', class: FirstTables },
	{ name: '0002-page-indexes', class: PageIndexes },
	{ name: '0003-outbound', class: Outbound },
	{ name: '0004-webhooks', class: Webhooks },
];
