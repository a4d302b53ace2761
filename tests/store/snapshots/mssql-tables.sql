create table [conversations] ([id] uniqueidentifier not null, [subject] nvarchar(200) null, [channel] nvarchar(24) not null, [status] nvarchar(24) not null, [visibility] nvarchar(24) not null, [creator_id] uniqueidentifier not null, [last_sequence] int not null, [created_at] datetime2(3) not null, [last_activity_at] datetime2(3) not null, [closed_at] datetime2(3) null, constraint [conversations_pkey] primary key ([id]));
create index [conversations_activity_index] on [conversations] ([last_activity_at], [id]);
create index [conversations_open_index] on [conversations] ([last_activity_at], [id]) where [closed_at] is null;

create table [events] ([conversation_id] uniqueidentifier not null, [sequence] int not null, [type] nvarchar(24) not null, [occurred_at] datetime2(3) not null, [actor_id] uniqueidentifier null, [message_id] uniqueidentifier null, [member_id] uniqueidentifier null, [internal] bit not null, [command_id] uniqueidentifier not null, constraint [events_pkey] primary key ([conversation_id], [sequence]));

create table [memberships] ([conversation_id] uniqueidentifier not null, [user_id] uniqueidentifier not null, [joined_at] datetime2(3) not null, [left_at] datetime2(3) null, [left_sequence] int null, [last_read_sequence] int not null, [removed] bit not null, constraint [memberships_pkey] primary key ([conversation_id], [user_id]));
create index [memberships_user_index] on [memberships] ([user_id], [conversation_id]);
create index [memberships_present_index] on [memberships] ([conversation_id], [joined_at], [user_id]) where [left_at] is null;

create table [messages] ([conversation_id] uniqueidentifier not null, [sequence] int not null, [id] uniqueidentifier not null, [author_id] uniqueidentifier null, [body] nvarchar(max) not null, [created_at] datetime2(3) not null, [edited_at] datetime2(3) null, [edit_count] int not null, [deleted_at] datetime2(3) null, [client_message_id] nvarchar(64) null, [send_key] nvarchar(43) collate Latin1_General_100_BIN2 null, [content_hash] nvarchar(43) collate Latin1_General_100_BIN2 not null, [reply_to_id] uniqueidentifier null, [internal] bit not null, [channel] nvarchar(24) not null, constraint [messages_pkey] primary key ([conversation_id], [sequence]));
create unique index [messages_id_unique] on [messages] ([id]);
create unique index [messages_send_key_unique] on [messages] ([conversation_id], [send_key]) where [conversation_id] is not null and [send_key] is not null;

create table [message_revisions] ([message_id] uniqueidentifier not null, [number] int not null, [body] nvarchar(max) not null, [created_at] datetime2(3) not null, constraint [message_revisions_pkey] primary key ([message_id], [number]));

create table [settings] ([name] nvarchar(24) not null, [value] nvarchar(255) not null, constraint [settings_pkey] primary key ([name]));

create table [users] ([id] uniqueidentifier not null, [subject] nvarchar(255) collate Latin1_General_100_BIN2 not null, [name] nvarchar(200) collate Latin1_General_100_BIN2 not null, [role] nvarchar(24) not null, [created_at] datetime2(3) not null, constraint [users_pkey] primary key ([id]));
create unique index [users_subject_unique] on [users] ([subject]);
create index [users_name_index] on [users] ([name], [id]);
