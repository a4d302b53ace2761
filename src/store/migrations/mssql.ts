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

/** In the order in which they are applied; a name never changes. */
export const mssqlMigrations = [
	{ name: '0001-first-tables', class: FirstTables },
	{ name: '0002-page-indexes', class: PageIndexes },
];
