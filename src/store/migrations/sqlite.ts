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

/** In the order in which they are applied; a name never changes. */
export const sqliteMigrations = [
	{ name: '0001-first-tables', class: FirstTables },
	{ name: '0002-page-indexes', class: PageIndexes },
];
