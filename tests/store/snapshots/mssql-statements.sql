-- lock conversations
select * from "conversations" with (updlock, rowlock)
			where "id" in (@1, @2) order by "id";
-- ["00000000-0000-7000-8000-000000000001","00000000-0000-7000-8000-000000000002"]

-- messages by key
select * from "messages"
			where (conversation_id = @1 and "send_key" = @2) or (conversation_id = @3 and "send_key" = @4);
-- ["00000000-0000-7000-8000-000000000001","send-key","00000000-0000-7000-8000-000000000001","send-key"]

-- messages by id
select * from "messages" where "id" in (@1);
-- ["00000000-0000-7000-8000-000000000003"]

-- memberships by key
select * from "memberships"
			where (conversation_id = @1 and "user_id" = @2) or (conversation_id = @3 and "user_id" = @4);
-- ["00000000-0000-7000-8000-000000000001","00000000-0000-7000-8000-000000000002","00000000-0000-7000-8000-000000000001","00000000-0000-7000-8000-000000000002"]

-- missed messages
select * from (select top(100) * from "messages" where "conversation_id" = @1 and "sequence" > @2 and ("author_id" != @3 or "author_id" is null) and "internal" = @4 order by "sequence") as "missed" union all select * from (select top(100) * from "messages" where "conversation_id" = @5 and "sequence" > @6 and ("author_id" != @7 or "author_id" is null) and "internal" = @8 order by "sequence") as "missed";
-- ["00000000-0000-7000-8000-000000000001",2,"00000000-0000-7000-8000-000000000002",false,"00000000-0000-7000-8000-000000000002",0,"00000000-0000-7000-8000-000000000003",false]

-- insert conversations
insert into "conversations" ("id", "subject", "channel", "status", "visibility", "creator_id", "last_sequence", "created_at", "last_activity_at", "closed_at") values (@1, @2, @3, @4, @5, @6, @7, @8, @9, @10);
-- ["00000000-0000-7000-8000-000000000001","Ünïcode 😀","CHAT","OPEN","PRIVATE","00000000-0000-7000-8000-000000000002",3,"2026-01-31T12:00:00.000Z","2026-01-31T12:00:00.000Z",null]

-- insert memberships
insert into "memberships" ("conversation_id", "user_id", "joined_at", "left_at", "left_sequence", "last_read_sequence", "removed") values (@1, @2, @3, @4, @5, @6, @7), (@8, @9, @10, @11, @12, @13, @14);
-- ["00000000-0000-7000-8000-000000000001","00000000-0000-7000-8000-000000000002","2026-01-31T12:00:00.000Z",null,null,1,false,"00000000-0000-7000-8000-000000000001","00000000-0000-7000-8000-000000000002","2026-01-31T12:00:00.000Z",null,null,1,false]

-- insert messages
insert into "messages" ("conversation_id", "sequence", "id", "author_id", "body", "created_at", "edited_at", "edit_count", "deleted_at", "client_message_id", "send_key", "content_hash", "reply_to_id", "internal", "channel") values (@1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12, @13, @14, @15), (@16, @17, @18, @19, @20, @21, @22, @23, @24, @25, @26, @27, @28, @29, @30);
-- ["00000000-0000-7000-8000-000000000001",3,"00000000-0000-7000-8000-000000000003","00000000-0000-7000-8000-000000000002","hello","2026-01-31T12:00:00.000Z",null,0,null,"key","1gxM6Hl7bLQ5rWGWQd1xjfCveuIX1wX6tyFuXwL4cks","hash",null,false,"CHAT","00000000-0000-7000-8000-000000000001",3,"00000000-0000-7000-8000-000000000003","00000000-0000-7000-8000-000000000002","hello","2026-01-31T12:00:00.000Z",null,0,null,"key","1gxM6Hl7bLQ5rWGWQd1xjfCveuIX1wX6tyFuXwL4cks","hash",null,false,"CHAT"]

-- insert events
insert into "events" ("conversation_id", "sequence", "type", "occurred_at", "actor_id", "message_id", "member_id", "internal", "command_id") values (@1, @2, @3, @4, @5, @6, @7, @8, @9), (@10, @11, @12, @13, @14, @15, @16, @17, @18);
-- ["00000000-0000-7000-8000-000000000001",3,"MessageSent","2026-01-31T12:00:00.000Z","00000000-0000-7000-8000-000000000002","00000000-0000-7000-8000-000000000003",null,false,"00000000-0000-7000-8000-000000000004","00000000-0000-7000-8000-000000000001",3,"MessageSent","2026-01-31T12:00:00.000Z","00000000-0000-7000-8000-000000000002","00000000-0000-7000-8000-000000000003",null,false,"00000000-0000-7000-8000-000000000004"]

-- insert revisions
insert into "message_revisions" ("message_id", "number", "body", "created_at") values (@1, @2, @3, @4);
-- ["00000000-0000-7000-8000-000000000003",1,"helo","2026-01-31T12:00:00.000Z"]

-- erase revisions
delete from "message_revisions" where "message_id" in (@1);
-- ["00000000-0000-7000-8000-000000000003"]

-- change memberships
update "memberships" set "joined_at" = "changed"."joined_at", "left_at" = "changed"."left_at", "left_sequence" = "changed"."left_sequence", "last_read_sequence" = "changed"."last_read_sequence", "removed" = "changed"."removed" from (
		select "conversation_id", "user_id", "joined_at", "left_at", "left_sequence", "last_read_sequence", "removed" from "memberships" where 1 = 0
		union all select @1, @2, @3, @4, @5, @6, @7 union all select @8, @9, @10, @11, @12, @13, @14
	) as "changed" where "memberships"."conversation_id" = "changed"."conversation_id" and "memberships"."user_id" = "changed"."user_id";
-- ["00000000-0000-7000-8000-000000000001","00000000-0000-7000-8000-000000000002","2026-01-31T12:00:00.000Z",null,null,1,false,"00000000-0000-7000-8000-000000000001","00000000-0000-7000-8000-000000000003","2026-01-31T12:00:00.000Z",null,null,1,false]

-- change messages
update "messages" set "body" = "changed"."body", "edited_at" = "changed"."edited_at", "edit_count" = "changed"."edit_count", "deleted_at" = "changed"."deleted_at" from (
		select "conversation_id", "sequence", "body", "edited_at", "edit_count", "deleted_at" from "messages" where 1 = 0
		union all select @1, @2, @3, @4, @5, @6 union all select @7, @8, @9, @10, @11, @12
	) as "changed" where "messages"."conversation_id" = "changed"."conversation_id" and "messages"."sequence" = "changed"."sequence";
-- ["00000000-0000-7000-8000-000000000001",3,"hello",null,0,null,"00000000-0000-7000-8000-000000000001",4,"hello",null,0,null]

-- change conversations
update "conversations" set "subject" = "changed"."subject", "channel" = "changed"."channel", "status" = "changed"."status", "visibility" = "changed"."visibility", "last_sequence" = "changed"."last_sequence", "last_activity_at" = "changed"."last_activity_at", "closed_at" = "changed"."closed_at" from (
		select "id", "subject", "channel", "status", "visibility", "last_sequence", "last_activity_at", "closed_at" from "conversations" where 1 = 0
		union all select @1, @2, @3, @4, @5, @6, @7, @8 union all select @9, @10, @11, @12, @13, @14, @15, @16
	) as "changed" where "conversations"."id" = "changed"."id";
-- ["00000000-0000-7000-8000-000000000001","Ünïcode 😀","CHAT","OPEN","PRIVATE",3,"2026-01-31T12:00:00.000Z",null,"00000000-0000-7000-8000-000000000002","Ünïcode 😀","CHAT","OPEN","PRIVATE",3,"2026-01-31T12:00:00.000Z",null]

-- raise conversations
update "conversations" set "last_sequence" = "changed"."last_sequence", "last_activity_at" = "changed"."last_activity_at" from (
		select "id", "last_sequence", "last_activity_at" from "conversations" where 1 = 0
		union all select @1, @2, @3 union all select @4, @5, @6
	) as "changed" where "conversations"."id" = "changed"."id";
-- ["00000000-0000-7000-8000-000000000001",3,"2026-01-31T12:00:00.000Z","00000000-0000-7000-8000-000000000002",3,"2026-01-31T12:00:00.000Z"]

-- commands after
select distinct "command_id" from "events" where "conversation_id" = @1 and "sequence" > @2 and "command_id" in (@3);
-- ["00000000-0000-7000-8000-000000000001",2,"00000000-0000-7000-8000-000000000004"]

-- heads
select "id", "last_sequence" from "conversations" where "id" in (@1);
-- ["00000000-0000-7000-8000-000000000001"]

-- conversations by id
select * from "conversations" where "id" in (@1);
-- ["00000000-0000-7000-8000-000000000001"]

-- conversations by id, with a membership
select "conversations".*, "user_id", "joined_at", "left_at", "left_sequence", "last_read_sequence", "removed" from "conversations" left join "memberships" on "memberships"."conversation_id" = "conversations"."id" and "memberships"."user_id" = @1 where "conversations"."id" in (@2);
-- ["00000000-0000-7000-8000-000000000002","00000000-0000-7000-8000-000000000001"]

-- log after
select top(100) * from "events" where "conversation_id" = @1 and "sequence" > @2 order by "sequence";
-- ["00000000-0000-7000-8000-000000000001",2]

-- history, newest page, without notes
select top(51) "sequence", "id", "author_id", "body", "created_at", "edited_at", "edit_count", "deleted_at", "client_message_id", "reply_to_id", "internal", "channel" from "messages" where "conversation_id" = @1 and "internal" = @2 and exists (select "user_id" from "memberships" where "conversation_id" = @3 and "user_id" = @4 and "left_at" is null) order by "sequence" desc;
-- ["00000000-0000-7000-8000-000000000001",false,"00000000-0000-7000-8000-000000000001","00000000-0000-7000-8000-000000000002"]

-- history, a page from the start
select top(51) "sequence", "id", "author_id", "body", "created_at", "edited_at", "edit_count", "deleted_at", "client_message_id", "reply_to_id", "internal", "channel" from "messages" where "conversation_id" = @1 and "sequence" > @2 order by "sequence" asc;
-- ["00000000-0000-7000-8000-000000000001",3]

-- members page
select top(51) * from "memberships" where "conversation_id" = @1 and "left_at" is null and ("joined_at" >= @2 and ("joined_at" > @3 or "user_id" > @4)) order by "joined_at" asc, "user_id" asc;
-- ["00000000-0000-7000-8000-000000000001","2026-01-31T12:00:00.000Z","2026-01-31T12:00:00.000Z","00000000-0000-7000-8000-000000000002"]

-- conversations page
select top(51) * from "conversations" where "status" in (@1) and "channel" in (@2) and "visibility" = @3 and "closed_at" is null and lower("subject") like lower(@4) escape '\' and "id" in (select "conversation_id" from "memberships" where "user_id" = @5 and "left_at" is null) and ("last_activity_at" <= @6 and ("last_activity_at" < @7 or "id" < @8)) order by "last_activity_at" desc, "id" desc;
-- ["OPEN","CHAT","OPEN","%50\\%\\_\\[x]%","00000000-0000-7000-8000-000000000002","2026-01-31T12:00:00.000Z","2026-01-31T12:00:00.000Z","00000000-0000-7000-8000-000000000001"]

-- unread counts
select "conversation_id", count(*) as "count" from "messages" where (("conversation_id" = @1 and "sequence" > @2) or ("conversation_id" = @3 and "sequence" > @4)) and ("author_id" != @5 or "author_id" is null) and "deleted_at" is null and "internal" = @6 group by "conversation_id";
-- ["00000000-0000-7000-8000-000000000001",1,"00000000-0000-7000-8000-000000000001",1,"00000000-0000-7000-8000-000000000002",false]

-- revisions of a message
select * from "message_revisions" where "message_id" = @1 order by "number";
-- ["00000000-0000-7000-8000-000000000003"]
