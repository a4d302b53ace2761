-- the newest page of a history
select top(51) "sequence", "id", "author_id", "body", "created_at", "edited_at", "edit_count", "deleted_at", "client_message_id", "reply_to_id", "internal", "channel" from "messages" where "conversation_id" = @ order by "sequence" desc;
-- 1 parameters: ["0190bbbb-0000-7000-8000-000000000001"]

-- its first page
select top(51) "sequence", "id", "author_id", "body", "created_at", "edited_at", "edit_count", "deleted_at", "client_message_id", "reply_to_id", "internal", "channel" from "messages" where "conversation_id" = @ order by "sequence" asc;
-- 1 parameters: ["0190bbbb-0000-7000-8000-000000000001"]

-- a page after a sequence
select top(51) "sequence", "id", "author_id", "body", "created_at", "edited_at", "edit_count", "deleted_at", "client_message_id", "reply_to_id", "internal", "channel" from "messages" where "conversation_id" = @ and "sequence" > @ order by "sequence" asc;
-- 2 parameters: ["0190bbbb-0000-7000-8000-000000000001",50000]

-- a page before a sequence
select top(51) "sequence", "id", "author_id", "body", "created_at", "edited_at", "edit_count", "deleted_at", "client_message_id", "reply_to_id", "internal", "channel" from "messages" where "conversation_id" = @ and "sequence" < @ order by "sequence" desc;
-- 2 parameters: ["0190bbbb-0000-7000-8000-000000000001",50000]

-- a page between two sequences
select top(51) "sequence", "id", "author_id", "body", "created_at", "edited_at", "edit_count", "deleted_at", "client_message_id", "reply_to_id", "internal", "channel" from "messages" where "conversation_id" = @ and "sequence" > @ and "sequence" < @ order by "sequence" asc;
-- 3 parameters: ["0190bbbb-0000-7000-8000-000000000001",50000,90000]

-- a member's page without notes
select top(51) "sequence", "id", "author_id", "body", "created_at", "edited_at", "edit_count", "deleted_at", "client_message_id", "reply_to_id", "internal", "channel" from "messages" where "conversation_id" = @ and "sequence" < @ and "internal" = @ and exists (select "user_id" from "memberships" where "conversation_id" = @ and "user_id" = @ and "left_at" is null) order by "sequence" desc;
-- 5 parameters: ["0190bbbb-0000-7000-8000-000000000001",50000,false,"0190bbbb-0000-7000-8000-000000000001","0190aaaa-0000-7000-8000-000000000007"]

-- the log after a sequence
select top(100) * from "events" where "conversation_id" = @ and "sequence" > @ order by "sequence";
-- 2 parameters: ["0190bbbb-0000-7000-8000-000000000001",50000]

-- commands among the newest entries
select distinct "command_id" from "events" where "conversation_id" = @ and "sequence" > @ and "command_id" in (@);
-- 3 parameters: ["0190bbbb-0000-7000-8000-000000000001",99900,"0190dddd-0000-7000-8000-000000030d0e"]

-- 200 heads
select "id", "last_sequence" from "conversations" where "id" in (@, @ …);
-- 200 parameters: ["0190bbbb-0000-7000-8000-000000000025","0190bbbb-0000-7000-8000-00000000004a","0190bbbb-0000-7000-8000-00000000006f","0190bbbb-0000-7000-8000-000000000094","0190bbbb-0000-7000-8000-0000000000b9","0190bbbb-0000-7000-8000-0000000000de","0190bbbb-0000-7000-8000-000000000103","0190bbbb-0000-7000-8000-000000000128","0190bbbb-0000-7000-8000-00000000014d","0190bbbb-0000-7000-8000-000000000172","0190bbbb-0000-7000-8000-000000000197","0190bbbb-0000-7000-8000-0000000001bc","0190bbbb-0000-7000-8000-0000000001e1","0190bbbb-0000-7000-8000-000000000206","0190bbbb-0000-7000-8000-00000000022b","0190bbbb-0000-7000-8000-000000000250","0190bbbb-0000-7000-8000-000000000275","0190bbbb-0000-7000-8000-00000000029a","0190bbbb-0000-7000-8000-0000000002bf","0190bbbb-0000-7000-8000-0000000002e4","0190bbbb-0000-7000-8000-000000000309","0190bbbb-0000-7000-8000-00000000032e","0190bbbb-0000-7000-8000-000000000353","0190bbbb-0000-7000-8000-000000000378","0190bbbb-0000-7000-8000-00000000039d","0190bbbb-0000-7000-8000-0000000003c2","0190bbbb-0000-7000-8000-0000000003e7","0190bbbb-0000-7000-8000-00000000040c","0190bbbb-0000-7000-8000-000000000431","0190bbbb-0000-7000-8000-000000000456","0190bbbb-0000-7000-8000-00000000047b","0190bbbb-0000-7000-8000-0000000004a0"]

-- 50 conversations with an agent's membership
select "conversations".*, "user_id", "joined_at", "left_at", "left_sequence", "last_read_sequence", "removed" from "conversations" left join "memberships" on "memberships"."conversation_id" = "conversations"."id" and "memberships"."user_id" = @ where "conversations"."id" in (@, @ …);
-- 51 parameters: ["0190aaaa-0000-7000-8000-000000004e20","0190bbbb-0000-7000-8000-000000000025","0190bbbb-0000-7000-8000-00000000004a","0190bbbb-0000-7000-8000-00000000006f","0190bbbb-0000-7000-8000-000000000094","0190bbbb-0000-7000-8000-0000000000b9","0190bbbb-0000-7000-8000-0000000000de","0190bbbb-0000-7000-8000-000000000103","0190bbbb-0000-7000-8000-000000000128","0190bbbb-0000-7000-8000-00000000014d","0190bbbb-0000-7000-8000-000000000172","0190bbbb-0000-7000-8000-000000000197","0190bbbb-0000-7000-8000-0000000001bc","0190bbbb-0000-7000-8000-0000000001e1","0190bbbb-0000-7000-8000-000000000206","0190bbbb-0000-7000-8000-00000000022b","0190bbbb-0000-7000-8000-000000000250","0190bbbb-0000-7000-8000-000000000275","0190bbbb-0000-7000-8000-00000000029a","0190bbbb-0000-7000-8000-0000000002bf","0190bbbb-0000-7000-8000-0000000002e4","0190bbbb-0000-7000-8000-000000000309","0190bbbb-0000-7000-8000-00000000032e","0190bbbb-0000-7000-8000-000000000353","0190bbbb-0000-7000-8000-000000000378","0190bbbb-0000-7000-8000-00000000039d","0190bbbb-0000-7000-8000-0000000003c2","0190bbbb-0000-7000-8000-0000000003e7","0190bbbb-0000-7000-8000-00000000040c","0190bbbb-0000-7000-8000-000000000431","0190bbbb-0000-7000-8000-000000000456","0190bbbb-0000-7000-8000-00000000047b"]

-- a conversation with a customer's membership
select "conversations".*, "user_id", "joined_at", "left_at", "left_sequence", "last_read_sequence", "removed" from "conversations" left join "memberships" on "memberships"."conversation_id" = "conversations"."id" and "memberships"."user_id" = @ where "conversations"."id" in (@);
-- 2 parameters: ["0190aaaa-0000-7000-8000-000000004e1f","0190bbbb-0000-7000-8000-000000000025"]

-- the locks of 64 conversations
select * from "conversations" with (updlock, rowlock)
			where "id" in (@, @ …) order by "id";
-- 64 parameters: ["0190bbbb-0000-7000-8000-000000000025","0190bbbb-0000-7000-8000-00000000004a","0190bbbb-0000-7000-8000-00000000006f","0190bbbb-0000-7000-8000-000000000094","0190bbbb-0000-7000-8000-0000000000b9","0190bbbb-0000-7000-8000-0000000000de","0190bbbb-0000-7000-8000-000000000103","0190bbbb-0000-7000-8000-000000000128","0190bbbb-0000-7000-8000-00000000014d","0190bbbb-0000-7000-8000-000000000172","0190bbbb-0000-7000-8000-000000000197","0190bbbb-0000-7000-8000-0000000001bc","0190bbbb-0000-7000-8000-0000000001e1","0190bbbb-0000-7000-8000-000000000206","0190bbbb-0000-7000-8000-00000000022b","0190bbbb-0000-7000-8000-000000000250","0190bbbb-0000-7000-8000-000000000275","0190bbbb-0000-7000-8000-00000000029a","0190bbbb-0000-7000-8000-0000000002bf","0190bbbb-0000-7000-8000-0000000002e4","0190bbbb-0000-7000-8000-000000000309","0190bbbb-0000-7000-8000-00000000032e","0190bbbb-0000-7000-8000-000000000353","0190bbbb-0000-7000-8000-000000000378","0190bbbb-0000-7000-8000-00000000039d","0190bbbb-0000-7000-8000-0000000003c2","0190bbbb-0000-7000-8000-0000000003e7","0190bbbb-0000-7000-8000-00000000040c","0190bbbb-0000-7000-8000-000000000431","0190bbbb-0000-7000-8000-000000000456","0190bbbb-0000-7000-8000-00000000047b","0190bbbb-0000-7000-8000-0000000004a0"]

-- memberships by key: 1
select * from "memberships"
			where (conversation_id = @ and "user_id" = @);
-- 2 parameters: ["0190bbbb-0000-7000-8000-000000000025","0190aaaa-0000-7000-8000-000000000048"]

-- messages by key: 1
select * from "messages"
			where (conversation_id = @ and "send_key" = @);
-- 2 parameters: ["0190bbbb-0000-7000-8000-000000000001","key-311"]

-- messages by id: 1
select "conversation_id", "sequence", "id", "author_id", "body", "created_at", "edited_at", "edit_count", "deleted_at", "client_message_id", "reply_to_id", "internal", "channel" from "messages" where "id" in (@);
-- 1 parameters: ["0190cccc-0000-7000-8000-0000000186c5"]

-- memberships by key: 200
select * from "memberships"
			where (conversation_id = @ and "user_id" = @) or (conversation_id = @ and "user_id" = @) …;
-- 400 parameters: ["0190bbbb-0000-7000-8000-000000000025","0190aaaa-0000-7000-8000-000000000048","0190bbbb-0000-7000-8000-00000000004a","0190aaaa-0000-7000-8000-000000000092","0190bbbb-0000-7000-8000-00000000006f","0190aaaa-0000-7000-8000-0000000000dc","0190bbbb-0000-7000-8000-000000000094","0190aaaa-0000-7000-8000-000000000126","0190bbbb-0000-7000-8000-0000000000b9","0190aaaa-0000-7000-8000-000000000170","0190bbbb-0000-7000-8000-0000000000de","0190aaaa-0000-7000-8000-0000000001ba","0190bbbb-0000-7000-8000-000000000103","0190aaaa-0000-7000-8000-000000000204","0190bbbb-0000-7000-8000-000000000128","0190aaaa-0000-7000-8000-00000000024e","0190bbbb-0000-7000-8000-00000000014d","0190aaaa-0000-7000-8000-000000000298","0190bbbb-0000-7000-8000-000000000172","0190aaaa-0000-7000-8000-0000000002e2","0190bbbb-0000-7000-8000-000000000197","0190aaaa-0000-7000-8000-00000000032c","0190bbbb-0000-7000-8000-0000000001bc","0190aaaa-0000-7000-8000-000000000376","0190bbbb-0000-7000-8000-0000000001e1","0190aaaa-0000-7000-8000-0000000003c0","0190bbbb-0000-7000-8000-000000000206","0190aaaa-0000-7000-8000-00000000040a","0190bbbb-0000-7000-8000-00000000022b","0190aaaa-0000-7000-8000-000000000454","0190bbbb-0000-7000-8000-000000000250","0190aaaa-0000-7000-8000-00000000049e"]

-- messages by key: 200
select * from "messages"
			where (conversation_id = @ and "send_key" = @) or (conversation_id = @ and "send_key" = @) …;
-- 400 parameters: ["0190bbbb-0000-7000-8000-000000000001","key-311","0190bbbb-0000-7000-8000-000000000001","key-622","0190bbbb-0000-7000-8000-000000000001","key-933","0190bbbb-0000-7000-8000-000000000001","key-1244","0190bbbb-0000-7000-8000-000000000001","key-1555","0190bbbb-0000-7000-8000-000000000001","key-1866","0190bbbb-0000-7000-8000-000000000001","key-2177","0190bbbb-0000-7000-8000-000000000001","key-2488","0190bbbb-0000-7000-8000-000000000001","key-2799","0190bbbb-0000-7000-8000-000000000001","key-3110","0190bbbb-0000-7000-8000-000000000001","key-3421","0190bbbb-0000-7000-8000-000000000001","key-3732","0190bbbb-0000-7000-8000-000000000001","key-4043","0190bbbb-0000-7000-8000-000000000001","key-4354","0190bbbb-0000-7000-8000-000000000001","key-4665","0190bbbb-0000-7000-8000-000000000001","key-4976"]

-- messages by id: 200
select "conversation_id", "sequence", "id", "author_id", "body", "created_at", "edited_at", "edit_count", "deleted_at", "client_message_id", "reply_to_id", "internal", "channel" from "messages" where "id" in (@, @ …);
-- 200 parameters: ["0190cccc-0000-7000-8000-0000000186c5","0190cccc-0000-7000-8000-0000000186ea","0190cccc-0000-7000-8000-00000001870f","0190cccc-0000-7000-8000-000000018734","0190cccc-0000-7000-8000-000000018759","0190cccc-0000-7000-8000-00000001877e","0190cccc-0000-7000-8000-0000000187a3","0190cccc-0000-7000-8000-0000000187c8","0190cccc-0000-7000-8000-0000000187ed","0190cccc-0000-7000-8000-000000018812","0190cccc-0000-7000-8000-000000018837","0190cccc-0000-7000-8000-00000001885c","0190cccc-0000-7000-8000-000000018881","0190cccc-0000-7000-8000-0000000188a6","0190cccc-0000-7000-8000-0000000188cb","0190cccc-0000-7000-8000-0000000188f0","0190cccc-0000-7000-8000-000000018915","0190cccc-0000-7000-8000-00000001893a","0190cccc-0000-7000-8000-00000001895f","0190cccc-0000-7000-8000-000000018984","0190cccc-0000-7000-8000-0000000189a9","0190cccc-0000-7000-8000-0000000189ce","0190cccc-0000-7000-8000-0000000189f3","0190cccc-0000-7000-8000-000000018a18","0190cccc-0000-7000-8000-000000018a3d","0190cccc-0000-7000-8000-000000018a62","0190cccc-0000-7000-8000-000000018a87","0190cccc-0000-7000-8000-000000018aac","0190cccc-0000-7000-8000-000000018ad1","0190cccc-0000-7000-8000-000000018af6","0190cccc-0000-7000-8000-000000018b1b","0190cccc-0000-7000-8000-000000018b40"]

-- heads of 16 conversations raised
update "conversations" set "last_sequence" = "changed"."last_sequence", "last_activity_at" = "changed"."last_activity_at"
		from (
		select "id", "last_sequence", "last_activity_at" from "conversations" where 1 = 0
		union all select @, @, @ union all select @, @, @ …
	) as "changed"
		where "conversations"."id" = "changed"."id";
-- 48 parameters: ["0190bbbb-0000-7000-8000-000000000025",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-00000000004a",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-00000000006f",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-000000000094",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-0000000000b9",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-0000000000de",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-000000000103",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-000000000128",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-00000000014d",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-000000000172",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-000000000197",6]

-- 16 messages edited
update "messages" set "body" = "changed"."body", "edited_at" = "changed"."edited_at", "edit_count" = "changed"."edit_count", "deleted_at" = "changed"."deleted_at"
		from (
		select "conversation_id", "sequence", "body", "edited_at", "edit_count", "deleted_at" from "messages" where 1 = 0
		union all select @, @, @, @, @, @ union all select @, @, @, @, @, @ …
	) as "changed"
		where "messages"."conversation_id" = "changed"."conversation_id" and "messages"."sequence" = "changed"."sequence";
-- 96 parameters: ["0190bbbb-0000-7000-8000-000000000001",5001,"The parcel is here.","2026-01-01T00:00:01.000Z",1,null,"0190bbbb-0000-7000-8000-000000000001",10002,"The parcel is here.","2026-01-01T00:00:01.000Z",1,null,"0190bbbb-0000-7000-8000-000000000001",15003,"The parcel is here.","2026-01-01T00:00:01.000Z",1,null,"0190bbbb-0000-7000-8000-000000000001",20004,"The parcel is here.","2026-01-01T00:00:01.000Z",1,null,"0190bbbb-0000-7000-8000-000000000001",25005,"The parcel is here.","2026-01-01T00:00:01.000Z",1,null,"0190bbbb-0000-7000-8000-000000000001",30006]

-- 16 read markers moved
update "memberships" set "joined_at" = "changed"."joined_at", "left_at" = "changed"."left_at", "left_sequence" = "changed"."left_sequence", "last_read_sequence" = "changed"."last_read_sequence", "removed" = "changed"."removed"
		from (
		select "conversation_id", "user_id", "joined_at", "left_at", "left_sequence", "last_read_sequence", "removed" from "memberships" where 1 = 0
		union all select @, @, @, @, @, @, @ union all select @, @, @, @, @, @, @ …
	) as "changed"
		where "memberships"."conversation_id" = "changed"."conversation_id" and "memberships"."user_id" = "changed"."user_id";
-- 112 parameters: ["0190bbbb-0000-7000-8000-000000000025","0190aaaa-0000-7000-8000-000000000048","2026-01-01T00:00:00.000Z",null,null,2,false,"0190bbbb-0000-7000-8000-00000000004a","0190aaaa-0000-7000-8000-000000000092","2026-01-01T00:00:00.000Z",null,null,2,false,"0190bbbb-0000-7000-8000-00000000006f","0190aaaa-0000-7000-8000-0000000000dc","2026-01-01T00:00:00.000Z",null,null,2,false,"0190bbbb-0000-7000-8000-000000000094","0190aaaa-0000-7000-8000-000000000126","2026-01-01T00:00:00.000Z",null,null,2,false,"0190bbbb-0000-7000-8000-0000000000b9","0190aaaa-0000-7000-8000-000000000170","2026-01-01T00:00:00.000Z",null]

-- missed messages of two conversations
select * from (select top(100) * from "messages" where "conversation_id" = @ and "sequence" > @ and ("author_id" != @ or "author_id" is null) and "internal" = @ order by "sequence") as "missed" union all select * from (select top(100) * from "messages" where "conversation_id" = @ and "sequence" > @ and ("author_id" != @ or "author_id" is null) and "internal" = @ order by "sequence") as "missed";
-- 8 parameters: ["0190bbbb-0000-7000-8000-000000000001",2500,"0190aaaa-0000-7000-8000-000000004e20",false,"0190bbbb-0000-7000-8000-000000000002",2500,"0190aaaa-0000-7000-8000-000000004e20",false]

-- unread messages of one conversation
select "conversation_id", count(*) as "count" from "messages" where ("conversation_id" = @ and "sequence" > @) and ("author_id" != @ or "author_id" is null) and "deleted_at" is null and "internal" = @ group by "conversation_id";
-- 4 parameters: ["0190bbbb-0000-7000-8000-000000000025",2,"0190aaaa-0000-7000-8000-000000004e1f",false]

-- unread messages of 50 conversations
select "conversation_id", count(*) as "count" from "messages" where (("conversation_id" = @ and "sequence" > @) or ("conversation_id" = @ and "sequence" > @) …) and ("author_id" != @ or "author_id" is null) and "deleted_at" is null and "internal" = @ group by "conversation_id";
-- 102 parameters: ["0190bbbb-0000-7000-8000-000000000025",2,"0190bbbb-0000-7000-8000-00000000004a",2,"0190bbbb-0000-7000-8000-00000000006f",2,"0190bbbb-0000-7000-8000-000000000094",2,"0190bbbb-0000-7000-8000-0000000000b9",2,"0190bbbb-0000-7000-8000-0000000000de",2,"0190bbbb-0000-7000-8000-000000000103",2,"0190bbbb-0000-7000-8000-000000000128",2,"0190bbbb-0000-7000-8000-00000000014d",2,"0190bbbb-0000-7000-8000-000000000172",2,"0190bbbb-0000-7000-8000-000000000197",2,"0190bbbb-0000-7000-8000-0000000001bc",2,"0190bbbb-0000-7000-8000-0000000001e1",2,"0190bbbb-0000-7000-8000-000000000206",2,"0190bbbb-0000-7000-8000-00000000022b",2,"0190bbbb-0000-7000-8000-000000000250",2]

-- earlier bodies of a message
select * from "message_revisions" where "message_id" = @ order by "number";
-- 1 parameters: ["0190cccc-0000-7000-8000-0000000186a5"]

-- the first members
select top(51) * from "memberships" where "conversation_id" = @ and "left_at" is null order by "joined_at" asc, "user_id" asc;
-- 1 parameters: ["0190bbbb-0000-7000-8000-000000000001"]

-- members after a place
select top(51) * from "memberships" where "conversation_id" = @ and "left_at" is null and ("joined_at" >= @ and ("joined_at" > @ or "user_id" > @)) order by "joined_at" asc, "user_id" asc;
-- 4 parameters: ["0190bbbb-0000-7000-8000-000000000001","2026-01-01T00:41:40.000Z","2026-01-01T00:41:40.000Z","0190aaaa-0000-7000-8000-000000000005"]

-- members before a place
select top(51) * from "memberships" where "conversation_id" = @ and "left_at" is null and ("joined_at" <= @ and ("joined_at" < @ or "user_id" < @)) order by "joined_at" desc, "user_id" desc;
-- 4 parameters: ["0190bbbb-0000-7000-8000-000000000001","2026-01-01T00:41:40.000Z","2026-01-01T00:41:40.000Z","0190aaaa-0000-7000-8000-000000000005"]

-- the whole inbox
select top(51) * from "conversations" order by "last_activity_at" desc, "id" desc;
-- 0 parameters: []

-- the oldest of the inbox
select top(51) * from "conversations" order by "last_activity_at" asc, "id" asc;
-- 0 parameters: []

-- the inbox after a place
select top(51) * from "conversations" where ("last_activity_at" <= @ and ("last_activity_at" < @ or "id" < @)) order by "last_activity_at" desc, "id" desc;
-- 3 parameters: ["2026-01-01T01:23:20.000Z","2026-01-01T01:23:20.000Z","0190bbbb-0000-7000-8000-000000000001"]

-- the inbox before a place
select top(51) * from "conversations" where ("last_activity_at" >= @ and ("last_activity_at" > @ or "id" > @)) order by "last_activity_at" asc, "id" asc;
-- 3 parameters: ["2026-01-01T01:23:20.000Z","2026-01-01T01:23:20.000Z","0190bbbb-0000-7000-8000-000000000001"]

-- what is open of the inbox
select top(51) * from "conversations" where "closed_at" is null order by "last_activity_at" desc, "id" desc;
-- 0 parameters: []

-- what is open, after a place
select top(51) * from "conversations" where "closed_at" is null and ("last_activity_at" <= @ and ("last_activity_at" < @ or "id" < @)) order by "last_activity_at" desc, "id" desc;
-- 3 parameters: ["2026-01-01T01:23:20.000Z","2026-01-01T01:23:20.000Z","0190bbbb-0000-7000-8000-000000000001"]

-- a third of the inbox by status
select top(51) * from "conversations" where "status" in (@) order by "last_activity_at" desc, "id" desc;
-- 1 parameters: ["OPEN"]

-- a customer's conversations
select top(51) * from "conversations" where "id" in (select "conversation_id" from "memberships" where "user_id" = @ and "left_at" is null) order by "last_activity_at" desc, "id" desc;
-- 1 parameters: ["0190aaaa-0000-7000-8000-000000004e1f"]

-- a customer's conversations by a text that none has
select top(51) * from "conversations" where lower("subject") like lower(@) escape '\' and "id" in (select "conversation_id" from "memberships" where "user_id" = @ and "left_at" is null) order by "last_activity_at" desc, "id" desc;
-- 2 parameters: ["%nowhere%","0190aaaa-0000-7000-8000-000000004e1f"]

-- a customer's conversations by values that none has
select top(51) * from "conversations" where "status" in (@) and "channel" in (@) and "visibility" = @ and "id" in (select "conversation_id" from "memberships" where "user_id" = @ and "left_at" is null) order by "last_activity_at" desc, "id" desc;
-- 4 parameters: ["SNOOZED","EMAIL","OPEN","0190aaaa-0000-7000-8000-000000004e1f"]

-- a customer's open conversations
select top(51) * from "conversations" where "closed_at" is null and "id" in (select "conversation_id" from "memberships" where "user_id" = @ and "left_at" is null) order by "last_activity_at" desc, "id" desc;
-- 1 parameters: ["0190aaaa-0000-7000-8000-000000004e1f"]

-- an agent's own conversations
select top(51) * from "conversations" where "id" in (select "conversation_id" from "memberships" where "user_id" = @ and "left_at" is null) order by "last_activity_at" desc, "id" desc;
-- 1 parameters: ["0190aaaa-0000-7000-8000-000000004e20"]

-- an agent's conversations with a customer
select top(51) * from "conversations" where "id" in (select "conversation_id" from "memberships" where "user_id" = @ and "left_at" is null) and "id" in (select "conversation_id" from "memberships" where "user_id" = @ and "left_at" is null) order by "last_activity_at" desc, "id" desc;
-- 2 parameters: ["0190aaaa-0000-7000-8000-000000004e1f","0190aaaa-0000-7000-8000-000000004e20"]

-- users by id
select * from "users" where "id" in (@, @ …);
-- 100 parameters: ["0190aaaa-0000-7000-8000-000000000007","0190aaaa-0000-7000-8000-00000000000e","0190aaaa-0000-7000-8000-000000000015","0190aaaa-0000-7000-8000-00000000001c","0190aaaa-0000-7000-8000-000000000023","0190aaaa-0000-7000-8000-00000000002a","0190aaaa-0000-7000-8000-000000000031","0190aaaa-0000-7000-8000-000000000038","0190aaaa-0000-7000-8000-00000000003f","0190aaaa-0000-7000-8000-000000000046","0190aaaa-0000-7000-8000-00000000004d","0190aaaa-0000-7000-8000-000000000054","0190aaaa-0000-7000-8000-00000000005b","0190aaaa-0000-7000-8000-000000000062","0190aaaa-0000-7000-8000-000000000069","0190aaaa-0000-7000-8000-000000000070","0190aaaa-0000-7000-8000-000000000077","0190aaaa-0000-7000-8000-00000000007e","0190aaaa-0000-7000-8000-000000000085","0190aaaa-0000-7000-8000-00000000008c","0190aaaa-0000-7000-8000-000000000093","0190aaaa-0000-7000-8000-00000000009a","0190aaaa-0000-7000-8000-0000000000a1","0190aaaa-0000-7000-8000-0000000000a8","0190aaaa-0000-7000-8000-0000000000af","0190aaaa-0000-7000-8000-0000000000b6","0190aaaa-0000-7000-8000-0000000000bd","0190aaaa-0000-7000-8000-0000000000c4","0190aaaa-0000-7000-8000-0000000000cb","0190aaaa-0000-7000-8000-0000000000d2","0190aaaa-0000-7000-8000-0000000000d9","0190aaaa-0000-7000-8000-0000000000e0"]

-- a user by subject
select * from "users" where "subject" = @;
-- 1 parameters: ["subject-20000"]

-- the first users
select top(51) * from "users" order by "name" asc, "id" asc;
-- 0 parameters: []

-- users after a place
select top(51) * from "users" where ("name" >= @ and ("name" > @ or "id" > @)) order by "name" asc, "id" asc;
-- 3 parameters: ["name-15000","name-15000","0190aaaa-0000-7000-8000-000000000001"]

-- users before a place
select top(51) * from "users" where ("name" <= @ and ("name" < @ or "id" < @)) order by "name" desc, "id" desc;
-- 3 parameters: ["name-15000","name-15000","0190aaaa-0000-7000-8000-000000000001"]

-- whether an agent knows a customer
select top(1) "own"."conversation_id" from "memberships" as "own" inner join "memberships" as "others" on "others"."conversation_id" = "own"."conversation_id" where "own"."user_id" = @ and "own"."left_at" is null and "others"."user_id" = @ order by "own"."conversation_id";
-- 2 parameters: ["0190aaaa-0000-7000-8000-000000004e20","0190aaaa-0000-7000-8000-000000004e1f"]

-- whether a customer knows an agent
select top(1) "own"."conversation_id" from "memberships" as "own" inner join "memberships" as "others" on "others"."conversation_id" = "own"."conversation_id" where "own"."user_id" = @ and "own"."left_at" is null and "others"."user_id" = @ order by "own"."conversation_id";
-- 2 parameters: ["0190aaaa-0000-7000-8000-000000004e1f","0190aaaa-0000-7000-8000-000000004e20"]

-- what is due
select top(100) * from (select * from (select top(100) "message_id", "conversation_id", "sequence", "channel", "provider", "uncertain", "due_at" from "deliveries" where "channel" = @ and "due_at" <= @ and not exists (select "earlier"."message_id" from "deliveries" as "earlier" where "earlier"."conversation_id" = "deliveries"."conversation_id" and "earlier"."open_sequence" < "deliveries"."sequence") order by "due_at") as "page" union all select * from (select top(100) "message_id", "conversation_id", "sequence", "channel", "provider", "uncertain", "due_at" from "deliveries" where "channel" = @ and "due_at" <= @ and not exists (select "earlier"."message_id" from "deliveries" as "earlier" where "earlier"."conversation_id" = "deliveries"."conversation_id" and "earlier"."open_sequence" < "deliveries"."sequence") order by "due_at") as "page") as "pages" order by "due_at";
-- 4 parameters: ["SMS","2026-01-02T01:00:00.000Z","MMS","2026-01-02T01:00:00.000Z"]

-- what is due, but of a provider that is away
select top(100) * from (select * from (select top(100) "message_id", "conversation_id", "sequence", "channel", "provider", "uncertain", "due_at" from "deliveries" where "channel" = @ and "due_at" <= @ and not exists (select "earlier"."message_id" from "deliveries" as "earlier" where "earlier"."conversation_id" = "deliveries"."conversation_id" and "earlier"."open_sequence" < "deliveries"."sequence") and ("uncertain" = @ or "provider" is null or "provider" not in (@)) order by "due_at") as "page" union all select * from (select top(100) "message_id", "conversation_id", "sequence", "channel", "provider", "uncertain", "due_at" from "deliveries" where "channel" = @ and "due_at" <= @ and not exists (select "earlier"."message_id" from "deliveries" as "earlier" where "earlier"."conversation_id" = "deliveries"."conversation_id" and "earlier"."open_sequence" < "deliveries"."sequence") and ("uncertain" = @ or "provider" is null or "provider" not in (@)) order by "due_at") as "page") as "pages" order by "due_at";
-- 8 parameters: ["SMS","2026-01-02T01:00:00.000Z",false,"webhook","MMS","2026-01-02T01:00:00.000Z",false,"webhook"]

-- what is due by email, whatever waits to go by SMS
select top(100) * from (select * from (select top(100) "message_id", "conversation_id", "sequence", "channel", "provider", "uncertain", "due_at" from "deliveries" where "channel" = @ and "due_at" <= @ and not exists (select "earlier"."message_id" from "deliveries" as "earlier" where "earlier"."conversation_id" = "deliveries"."conversation_id" and "earlier"."open_sequence" < "deliveries"."sequence") order by "due_at") as "page") as "pages" order by "due_at";
-- 2 parameters: ["EMAIL","2026-01-02T01:00:00.000Z"]

-- when the next is due
select * from (select top(1) "due_at" from "deliveries" where "channel" = @ and "due_at" > @ order by "due_at") as "page" union all select * from (select top(1) "due_at" from "deliveries" where "channel" = @ and "due_at" > @ order by "due_at") as "page";
-- 4 parameters: ["SMS","2026-01-01T00:00:02.000Z","EMAIL","2026-01-01T00:00:02.000Z"]

-- leases that are over
select top(100) "message_id", "conversation_id", "sequence", "channel", "provider", "uncertain" from "deliveries" where "lease_until" <= @ order by "lease_until";
-- 1 parameters: ["2026-01-02T01:00:00.000Z"]

-- a provider's message
select top(1) "message_id", "conversation_id", "provider_message_id" from "deliveries" where "provider_message_id" = @ and "provider" = @ order by "message_id" desc;
-- 2 parameters: ["provider-105000001","webhook"]

-- how many wait
select count(*) as "count" from "deliveries" where "status" in (@, @) and "channel" in (@, @);
-- 4 parameters: ["QUEUED","RETRYING","SMS","MMS"]

-- how many there are of some statuses
select "status", count(*) as "count" from "deliveries" where "status" in (@, @, @) group by "status";
-- 3 parameters: ["RETRYING","SENDING","DEAD"]

-- the first dead letters
select top(51) * from (select * from (select top(51) "message_id", "updated_at" from "deliveries" where "status" = @ order by "updated_at" desc, "message_id" desc) as "page" union all select * from (select top(51) "message_id", "updated_at" from "deliveries" where "status" = @ order by "updated_at" desc, "message_id" desc) as "page" union all select * from (select top(51) "message_id", "updated_at" from "deliveries" where "status" = @ order by "updated_at" desc, "message_id" desc) as "page" union all select * from (select top(51) "message_id", "updated_at" from "deliveries" where "status" = @ order by "updated_at" desc, "message_id" desc) as "page") as "pages" order by "updated_at" desc, "message_id" desc;
-- 4 parameters: ["DEAD","FAILED","UNKNOWN","UNDELIVERED"]

-- dead letters after a place
select top(51) * from (select * from (select top(51) "message_id", "updated_at" from "deliveries" where "status" = @ and ("updated_at" <= @ and ("updated_at" < @ or "message_id" < @)) order by "updated_at" desc, "message_id" desc) as "page" union all select * from (select top(51) "message_id", "updated_at" from "deliveries" where "status" = @ and ("updated_at" <= @ and ("updated_at" < @ or "message_id" < @)) order by "updated_at" desc, "message_id" desc) as "page" union all select * from (select top(51) "message_id", "updated_at" from "deliveries" where "status" = @ and ("updated_at" <= @ and ("updated_at" < @ or "message_id" < @)) order by "updated_at" desc, "message_id" desc) as "page" union all select * from (select top(51) "message_id", "updated_at" from "deliveries" where "status" = @ and ("updated_at" <= @ and ("updated_at" < @ or "message_id" < @)) order by "updated_at" desc, "message_id" desc) as "page") as "pages" order by "updated_at" desc, "message_id" desc;
-- 16 parameters: ["DEAD","2026-01-01T01:23:20.000Z","2026-01-01T01:23:20.000Z","0190cccc-0000-7000-8000-000000000001","FAILED","2026-01-01T01:23:20.000Z","2026-01-01T01:23:20.000Z","0190cccc-0000-7000-8000-000000000001","UNKNOWN","2026-01-01T01:23:20.000Z","2026-01-01T01:23:20.000Z","0190cccc-0000-7000-8000-000000000001","UNDELIVERED","2026-01-01T01:23:20.000Z","2026-01-01T01:23:20.000Z","0190cccc-0000-7000-8000-000000000001"]

-- dead letters before a place
select top(51) * from (select * from (select top(51) "message_id", "updated_at" from "deliveries" where "status" = @ and ("updated_at" >= @ and ("updated_at" > @ or "message_id" > @)) order by "updated_at" asc, "message_id" asc) as "page" union all select * from (select top(51) "message_id", "updated_at" from "deliveries" where "status" = @ and ("updated_at" >= @ and ("updated_at" > @ or "message_id" > @)) order by "updated_at" asc, "message_id" asc) as "page" union all select * from (select top(51) "message_id", "updated_at" from "deliveries" where "status" = @ and ("updated_at" >= @ and ("updated_at" > @ or "message_id" > @)) order by "updated_at" asc, "message_id" asc) as "page" union all select * from (select top(51) "message_id", "updated_at" from "deliveries" where "status" = @ and ("updated_at" >= @ and ("updated_at" > @ or "message_id" > @)) order by "updated_at" asc, "message_id" asc) as "page") as "pages" order by "updated_at" asc, "message_id" asc;
-- 16 parameters: ["DEAD","2026-01-01T01:23:20.000Z","2026-01-01T01:23:20.000Z","0190cccc-0000-7000-8000-000000000001","FAILED","2026-01-01T01:23:20.000Z","2026-01-01T01:23:20.000Z","0190cccc-0000-7000-8000-000000000001","UNKNOWN","2026-01-01T01:23:20.000Z","2026-01-01T01:23:20.000Z","0190cccc-0000-7000-8000-000000000001","UNDELIVERED","2026-01-01T01:23:20.000Z","2026-01-01T01:23:20.000Z","0190cccc-0000-7000-8000-000000000001"]

-- attempts of 50 messages
select * from "delivery_attempts" where "message_id" in (@, @ …) order by "message_id", "number";
-- 50 parameters: ["0190cccc-0000-7000-8000-000000e4e1c1","0190cccc-0000-7000-8000-0000017d7841","0190cccc-0000-7000-8000-000002160ec1","0190cccc-0000-7000-8000-000002aea541","0190cccc-0000-7000-8000-000003473bc1","0190cccc-0000-7000-8000-000003dfd241","0190cccc-0000-7000-8000-0000047868c1","0190cccc-0000-7000-8000-00000510ff41","0190cccc-0000-7000-8000-000005a995c1","0190cccc-0000-7000-8000-000006422c41","0190cccc-0000-7000-8000-000006dac2c1","0190cccc-0000-7000-8000-000007735941","0190cccc-0000-7000-8000-0000080befc1","0190cccc-0000-7000-8000-000008a48641","0190cccc-0000-7000-8000-0000093d1cc1","0190cccc-0000-7000-8000-000009d5b341","0190cccc-0000-7000-8000-00000a6e49c1","0190cccc-0000-7000-8000-00000b06e041","0190cccc-0000-7000-8000-00000b9f76c1","0190cccc-0000-7000-8000-00000c380d41","0190cccc-0000-7000-8000-00000cd0a3c1","0190cccc-0000-7000-8000-00000d693a41","0190cccc-0000-7000-8000-00000e01d0c1","0190cccc-0000-7000-8000-00000e9a6741","0190cccc-0000-7000-8000-00000f32fdc1","0190cccc-0000-7000-8000-00000fcb9441","0190cccc-0000-7000-8000-000010642ac1","0190cccc-0000-7000-8000-000010fcc141","0190cccc-0000-7000-8000-0000119557c1","0190cccc-0000-7000-8000-0000122dee41","0190cccc-0000-7000-8000-000012c684c1","0190cccc-0000-7000-8000-0000135f1b41"]

-- deliveries of 50 messages
select "message_id", "conversation_id", "sequence", "channel", "status", "from_address", "to_address", "requested_at", "provider", "attempts", "tries", "next_attempt_at", "lease_until", "provider_message_id", "error", "uncertain", "updated_at" from "deliveries" where "message_id" in (@, @ …);
-- 50 parameters: ["0190cccc-0000-7000-8000-000000e4e1c1","0190cccc-0000-7000-8000-0000017d7841","0190cccc-0000-7000-8000-000002160ec1","0190cccc-0000-7000-8000-000002aea541","0190cccc-0000-7000-8000-000003473bc1","0190cccc-0000-7000-8000-000003dfd241","0190cccc-0000-7000-8000-0000047868c1","0190cccc-0000-7000-8000-00000510ff41","0190cccc-0000-7000-8000-000005a995c1","0190cccc-0000-7000-8000-000006422c41","0190cccc-0000-7000-8000-000006dac2c1","0190cccc-0000-7000-8000-000007735941","0190cccc-0000-7000-8000-0000080befc1","0190cccc-0000-7000-8000-000008a48641","0190cccc-0000-7000-8000-0000093d1cc1","0190cccc-0000-7000-8000-000009d5b341","0190cccc-0000-7000-8000-00000a6e49c1","0190cccc-0000-7000-8000-00000b06e041","0190cccc-0000-7000-8000-00000b9f76c1","0190cccc-0000-7000-8000-00000c380d41","0190cccc-0000-7000-8000-00000cd0a3c1","0190cccc-0000-7000-8000-00000d693a41","0190cccc-0000-7000-8000-00000e01d0c1","0190cccc-0000-7000-8000-00000e9a6741","0190cccc-0000-7000-8000-00000f32fdc1","0190cccc-0000-7000-8000-00000fcb9441","0190cccc-0000-7000-8000-000010642ac1","0190cccc-0000-7000-8000-000010fcc141","0190cccc-0000-7000-8000-0000119557c1","0190cccc-0000-7000-8000-0000122dee41","0190cccc-0000-7000-8000-000012c684c1","0190cccc-0000-7000-8000-0000135f1b41"]

-- attachments of 50 messages
select * from "attachments" where "message_id" in (@, @ …) order by "message_id", "position";
-- 50 parameters: ["0190cccc-0000-7000-8000-000000e4e1c1","0190cccc-0000-7000-8000-0000017d7841","0190cccc-0000-7000-8000-000002160ec1","0190cccc-0000-7000-8000-000002aea541","0190cccc-0000-7000-8000-000003473bc1","0190cccc-0000-7000-8000-000003dfd241","0190cccc-0000-7000-8000-0000047868c1","0190cccc-0000-7000-8000-00000510ff41","0190cccc-0000-7000-8000-000005a995c1","0190cccc-0000-7000-8000-000006422c41","0190cccc-0000-7000-8000-000006dac2c1","0190cccc-0000-7000-8000-000007735941","0190cccc-0000-7000-8000-0000080befc1","0190cccc-0000-7000-8000-000008a48641","0190cccc-0000-7000-8000-0000093d1cc1","0190cccc-0000-7000-8000-000009d5b341","0190cccc-0000-7000-8000-00000a6e49c1","0190cccc-0000-7000-8000-00000b06e041","0190cccc-0000-7000-8000-00000b9f76c1","0190cccc-0000-7000-8000-00000c380d41","0190cccc-0000-7000-8000-00000cd0a3c1","0190cccc-0000-7000-8000-00000d693a41","0190cccc-0000-7000-8000-00000e01d0c1","0190cccc-0000-7000-8000-00000e9a6741","0190cccc-0000-7000-8000-00000f32fdc1","0190cccc-0000-7000-8000-00000fcb9441","0190cccc-0000-7000-8000-000010642ac1","0190cccc-0000-7000-8000-000010fcc141","0190cccc-0000-7000-8000-0000119557c1","0190cccc-0000-7000-8000-0000122dee41","0190cccc-0000-7000-8000-000012c684c1","0190cccc-0000-7000-8000-0000135f1b41"]

-- the newest thread of a pair
select top(1) * from "threads" where "pair_key" = @ order by "generation" desc;
-- 1 parameters: ["pair-777"]

-- the newest threads of 64 pairs
select * from "threads" where "pair_key" in (@, @ …) and "generation" = (select max("newer"."generation") as "generation" from "threads" as "newer" where "newer"."pair_key" = "threads"."pair_key");
-- 64 parameters: ["pair-50","pair-100","pair-150","pair-200","pair-250","pair-300","pair-350","pair-400","pair-450","pair-500","pair-550","pair-600","pair-650","pair-700","pair-750","pair-800","pair-850","pair-900","pair-950","pair-1000","pair-1050","pair-1100","pair-1150","pair-1200","pair-1250","pair-1300","pair-1350","pair-1400","pair-1450","pair-1500","pair-1550","pair-1600"]

-- threads of 64 conversations
select * from "threads" where "conversation_id" in (@, @ …);
-- 64 parameters: ["0190bbbb-0000-7000-8000-000000000032","0190bbbb-0000-7000-8000-000000000064","0190bbbb-0000-7000-8000-000000000096","0190bbbb-0000-7000-8000-0000000000c8","0190bbbb-0000-7000-8000-0000000000fa","0190bbbb-0000-7000-8000-00000000012c","0190bbbb-0000-7000-8000-00000000015e","0190bbbb-0000-7000-8000-000000000190","0190bbbb-0000-7000-8000-0000000001c2","0190bbbb-0000-7000-8000-0000000001f4","0190bbbb-0000-7000-8000-000000000226","0190bbbb-0000-7000-8000-000000000258","0190bbbb-0000-7000-8000-00000000028a","0190bbbb-0000-7000-8000-0000000002bc","0190bbbb-0000-7000-8000-0000000002ee","0190bbbb-0000-7000-8000-000000000320","0190bbbb-0000-7000-8000-000000000352","0190bbbb-0000-7000-8000-000000000384","0190bbbb-0000-7000-8000-0000000003b6","0190bbbb-0000-7000-8000-0000000003e8","0190bbbb-0000-7000-8000-00000000041a","0190bbbb-0000-7000-8000-00000000044c","0190bbbb-0000-7000-8000-00000000047e","0190bbbb-0000-7000-8000-0000000004b0","0190bbbb-0000-7000-8000-0000000004e2","0190bbbb-0000-7000-8000-000000000514","0190bbbb-0000-7000-8000-000000000546","0190bbbb-0000-7000-8000-000000000578","0190bbbb-0000-7000-8000-0000000005aa","0190bbbb-0000-7000-8000-0000000005dc","0190bbbb-0000-7000-8000-00000000060e","0190bbbb-0000-7000-8000-000000000640"]

-- open deliveries before 90 that are to be sent

		select deliveries.conversation_id, deliveries.message_id, deliveries.sequence
		from (
		select "conversation_id", "open_sequence" from "deliveries" where 1 = 0
		union all select @, @ union all select @, @ …
	) as asked left join deliveries
			on deliveries.conversation_id = asked.conversation_id
			and deliveries.open_sequence < asked.open_sequence;
-- 180 parameters: ["0190bbbb-0000-7000-8000-000000000066",6,"0190bbbb-0000-7000-8000-0000000000ca",6,"0190bbbb-0000-7000-8000-00000000012e",6,"0190bbbb-0000-7000-8000-000000000192",6,"0190bbbb-0000-7000-8000-0000000001f6",6,"0190bbbb-0000-7000-8000-00000000025a",6,"0190bbbb-0000-7000-8000-0000000002be",6,"0190bbbb-0000-7000-8000-000000000322",6,"0190bbbb-0000-7000-8000-000000000386",6,"0190bbbb-0000-7000-8000-0000000003ea",6,"0190bbbb-0000-7000-8000-00000000044e",6,"0190bbbb-0000-7000-8000-0000000004b2",6,"0190bbbb-0000-7000-8000-000000000516",6,"0190bbbb-0000-7000-8000-00000000057a",6,"0190bbbb-0000-7000-8000-0000000005de",6,"0190bbbb-0000-7000-8000-000000000642",6]

-- 90 deliveries sent
update "deliveries" set "status" = "changed"."status", "provider" = "changed"."provider", "attempts" = "changed"."attempts", "tries" = "changed"."tries", "next_attempt_at" = "changed"."next_attempt_at", "lease_until" = "changed"."lease_until", "provider_message_id" = "changed"."provider_message_id", "error" = "changed"."error", "uncertain" = "changed"."uncertain", "updated_at" = "changed"."updated_at", "open_sequence" = "changed"."open_sequence", "due_at" = "changed"."due_at"
		from (
		select "message_id", "status", "provider", "attempts", "tries", "next_attempt_at", "lease_until", "provider_message_id", "error", "uncertain", "updated_at", "open_sequence", "due_at" from "deliveries" where 1 = 0
		union all select @, @, @, @, @, @, @, @, @, @, @, @, @ union all select @, @, @, @, @, @, @, @, @, @, @, @, @ …
	) as "changed"
		where "deliveries"."message_id" = "changed"."message_id";
-- 1170 parameters: ["0190cccc-0000-7000-8000-0000009ba3c5","SENT",null,1,0,null,null,null,null,false,"1970-01-01T00:00:00.002Z",null,null,"0190cccc-0000-7000-8000-000001343a45","SENT",null,1,0,null,null,null,null,false,"1970-01-01T00:00:00.002Z",null,null,"0190cccc-0000-7000-8000-000001ccd0c5","SENT",null,1,0,null]

-- 90 attempts ended
update "delivery_attempts" set "duration_ms" = "changed"."duration_ms", "http_status" = "changed"."http_status", "outcome" = "changed"."outcome"
		from (
		select "message_id", "number", "duration_ms", "http_status", "outcome" from "delivery_attempts" where 1 = 0
		union all select @, @, @, @, @ union all select @, @, @, @, @ …
	) as "changed"
		where "delivery_attempts"."message_id" = "changed"."message_id" and "delivery_attempts"."number" = "changed"."number";
-- 450 parameters: ["0190cccc-0000-7000-8000-0000009ba3c5",1,20,null,"UNKNOWN","0190cccc-0000-7000-8000-000001343a45",1,20,null,"UNKNOWN","0190cccc-0000-7000-8000-000001ccd0c5",1,20,null,"UNKNOWN","0190cccc-0000-7000-8000-000002656745",1,20,null,"UNKNOWN","0190cccc-0000-7000-8000-000002fdfdc5",1,20,null,"UNKNOWN","0190cccc-0000-7000-8000-000003969445",1,20,null,"UNKNOWN","0190cccc-0000-7000-8000-0000042f2ac5",1]

-- the next ones of 90 conversations marked as due, one of them with 1,000 queued
update deliveries set due_at = deliveries.next_attempt_at from (
		select conversations.id as conversation_id, (
			select min(earliest.open_sequence) from deliveries as earliest
			where earliest.conversation_id = conversations.id and earliest.open_sequence > 0) as open_sequence
		from conversations where conversations.id in (@, @ …)
	) as firsts where deliveries.conversation_id = firsts.conversation_id
		and deliveries.open_sequence = firsts.open_sequence;
-- 91 parameters: ["0190bbbb-0000-7000-8000-000000000002","0190bbbb-0000-7000-8000-000000000066","0190bbbb-0000-7000-8000-0000000000ca","0190bbbb-0000-7000-8000-00000000012e","0190bbbb-0000-7000-8000-000000000192","0190bbbb-0000-7000-8000-0000000001f6","0190bbbb-0000-7000-8000-00000000025a","0190bbbb-0000-7000-8000-0000000002be","0190bbbb-0000-7000-8000-000000000322","0190bbbb-0000-7000-8000-000000000386","0190bbbb-0000-7000-8000-0000000003ea","0190bbbb-0000-7000-8000-00000000044e","0190bbbb-0000-7000-8000-0000000004b2","0190bbbb-0000-7000-8000-000000000516","0190bbbb-0000-7000-8000-00000000057a","0190bbbb-0000-7000-8000-0000000005de","0190bbbb-0000-7000-8000-000000000642","0190bbbb-0000-7000-8000-0000000006a6","0190bbbb-0000-7000-8000-00000000070a","0190bbbb-0000-7000-8000-00000000076e","0190bbbb-0000-7000-8000-0000000007d2","0190bbbb-0000-7000-8000-000000000836","0190bbbb-0000-7000-8000-00000000089a","0190bbbb-0000-7000-8000-0000000008fe","0190bbbb-0000-7000-8000-000000000962","0190bbbb-0000-7000-8000-0000000009c6","0190bbbb-0000-7000-8000-000000000a2a","0190bbbb-0000-7000-8000-000000000a8e","0190bbbb-0000-7000-8000-000000000af2","0190bbbb-0000-7000-8000-000000000b56","0190bbbb-0000-7000-8000-000000000bba","0190bbbb-0000-7000-8000-000000000c1e"]

-- open deliveries before one behind all that are queued

		select deliveries.conversation_id, deliveries.message_id, deliveries.sequence
		from (
		select "conversation_id", "open_sequence" from "deliveries" where 1 = 0
		union all select @, @
	) as asked left join deliveries
			on deliveries.conversation_id = asked.conversation_id
			and deliveries.open_sequence < asked.open_sequence;
-- 2 parameters: ["0190bbbb-0000-7000-8000-000000000002",1000]

-- 100 receipts
select "receipt_key" from "webhook_receipts" where "receipt_key" in (@, @ …);
-- 100 parameters: ["receipt-7","receipt-14","receipt-21","receipt-28","receipt-35","receipt-42","receipt-49","receipt-56","receipt-63","receipt-70","receipt-77","receipt-84","receipt-91","receipt-98","receipt-105","receipt-112","receipt-119","receipt-126","receipt-133","receipt-140","receipt-147","receipt-154","receipt-161","receipt-168","receipt-175","receipt-182","receipt-189","receipt-196","receipt-203","receipt-210","receipt-217","receipt-224"]

-- 100 contacts that may be opted out
select "opt_out_key" from "opt_outs" where "opt_out_key" in (@, @ …);
-- 100 parameters: ["contact-7","contact-14","contact-21","contact-28","contact-35","contact-42","contact-49","contact-56","contact-63","contact-70","contact-77","contact-84","contact-91","contact-98","contact-105","contact-112","contact-119","contact-126","contact-133","contact-140","contact-147","contact-154","contact-161","contact-168","contact-175","contact-182","contact-189","contact-196","contact-203","contact-210","contact-217","contact-224"]

-- what webhooks are to be told
select * from (select top(16) * from "webhook_deliveries" where "webhook_id" = @ and "next_attempt_at" <= @ order by "next_attempt_at") as "due" union all select * from (select top(16) * from "webhook_deliveries" where "webhook_id" = @ and "next_attempt_at" <= @ order by "next_attempt_at") as "due";
-- 4 parameters: ["0190eeee-0000-7000-8000-000000000001","2026-01-02T01:00:00.000Z","0190eeee-0000-7000-8000-000000000002","2026-01-02T01:00:00.000Z"]

-- when a webhook is told next
select * from (select top(1) * from "webhook_deliveries" where "webhook_id" = @ and "next_attempt_at" > @ order by "next_attempt_at") as "due" union all select * from (select top(1) * from "webhook_deliveries" where "webhook_id" = @ and "next_attempt_at" > @ order by "next_attempt_at") as "due";
-- 4 parameters: ["0190eeee-0000-7000-8000-000000000001","2026-01-01T00:08:20.000Z","0190eeee-0000-7000-8000-000000000002","2026-01-01T00:08:20.000Z"]

-- leases of webhooks that are over
select top(50) * from "webhook_deliveries" where "lease_until" <= @ order by "lease_until";
-- 1 parameters: ["2026-01-02T01:00:00.000Z"]

-- what webhooks are overdue
select top(100) "id" from "webhook_deliveries" where "webhook_id" in (@, @) and "next_attempt_at" < @;
-- 3 parameters: ["0190eeee-0000-7000-8000-000000000001","0190eeee-0000-7000-8000-000000000002","2026-01-01T00:08:20.000Z"]

-- what waits of a webhook
select top(100) "id" from "webhook_deliveries" where "webhook_id" in (@) and "next_attempt_at" is not null;
-- 1 parameters: ["0190eeee-0000-7000-8000-000000000002"]

-- a webhook's deliveries, the first page
select top(51) * from (select * from (select top(51) * from "webhook_deliveries" where "webhook_id" = @ and "status" = @ order by "created_at" desc, "id" desc) as "page" union all select * from (select top(51) * from "webhook_deliveries" where "webhook_id" = @ and "status" = @ order by "created_at" desc, "id" desc) as "page" union all select * from (select top(51) * from "webhook_deliveries" where "webhook_id" = @ and "status" = @ order by "created_at" desc, "id" desc) as "page" union all select * from (select top(51) * from "webhook_deliveries" where "webhook_id" = @ and "status" = @ order by "created_at" desc, "id" desc) as "page" union all select * from (select top(51) * from "webhook_deliveries" where "webhook_id" = @ and "status" = @ order by "created_at" desc, "id" desc) as "page") as "pages" order by "created_at" desc, "id" desc;
-- 10 parameters: ["0190eeee-0000-7000-8000-000000000001","QUEUED","0190eeee-0000-7000-8000-000000000001","SENDING","0190eeee-0000-7000-8000-000000000001","RETRYING","0190eeee-0000-7000-8000-000000000001","DELIVERED","0190eeee-0000-7000-8000-000000000001","DEAD"]

-- a webhook's dead letters, a later page
select top(51) * from (select * from (select top(51) * from "webhook_deliveries" where "webhook_id" = @ and "status" = @ and ("created_at" <= @ and ("created_at" < @ or "id" < @)) order by "created_at" desc, "id" desc) as "page") as "pages" order by "created_at" desc, "id" desc;
-- 5 parameters: ["0190eeee-0000-7000-8000-000000000001","DEAD","2026-01-01T06:56:40.000Z","2026-01-01T06:56:40.000Z","0190ffff-0000-7000-8000-00000001e848"]

-- deliveries' attempts
select * from "webhook_attempts" where "delivery_id" in (@, @ …) order by "delivery_id", "number";
-- 100 parameters: ["0190ffff-0000-7000-8000-0000000186c5","0190ffff-0000-7000-8000-0000000186ea","0190ffff-0000-7000-8000-00000001870f","0190ffff-0000-7000-8000-000000018734","0190ffff-0000-7000-8000-000000018759","0190ffff-0000-7000-8000-00000001877e","0190ffff-0000-7000-8000-0000000187a3","0190ffff-0000-7000-8000-0000000187c8","0190ffff-0000-7000-8000-0000000187ed","0190ffff-0000-7000-8000-000000018812","0190ffff-0000-7000-8000-000000018837","0190ffff-0000-7000-8000-00000001885c","0190ffff-0000-7000-8000-000000018881","0190ffff-0000-7000-8000-0000000188a6","0190ffff-0000-7000-8000-0000000188cb","0190ffff-0000-7000-8000-0000000188f0","0190ffff-0000-7000-8000-000000018915","0190ffff-0000-7000-8000-00000001893a","0190ffff-0000-7000-8000-00000001895f","0190ffff-0000-7000-8000-000000018984","0190ffff-0000-7000-8000-0000000189a9","0190ffff-0000-7000-8000-0000000189ce","0190ffff-0000-7000-8000-0000000189f3","0190ffff-0000-7000-8000-000000018a18","0190ffff-0000-7000-8000-000000018a3d","0190ffff-0000-7000-8000-000000018a62","0190ffff-0000-7000-8000-000000018a87","0190ffff-0000-7000-8000-000000018aac","0190ffff-0000-7000-8000-000000018ad1","0190ffff-0000-7000-8000-000000018af6","0190ffff-0000-7000-8000-000000018b1b","0190ffff-0000-7000-8000-000000018b40"]

-- 100 deliveries of webhooks locked
select * from "webhook_deliveries" with (updlock, rowlock)
			where "id" in (@, @ …) order by "id";
-- 100 parameters: ["0190ffff-0000-7000-8000-0000000186c5","0190ffff-0000-7000-8000-0000000186ea","0190ffff-0000-7000-8000-00000001870f","0190ffff-0000-7000-8000-000000018734","0190ffff-0000-7000-8000-000000018759","0190ffff-0000-7000-8000-00000001877e","0190ffff-0000-7000-8000-0000000187a3","0190ffff-0000-7000-8000-0000000187c8","0190ffff-0000-7000-8000-0000000187ed","0190ffff-0000-7000-8000-000000018812","0190ffff-0000-7000-8000-000000018837","0190ffff-0000-7000-8000-00000001885c","0190ffff-0000-7000-8000-000000018881","0190ffff-0000-7000-8000-0000000188a6","0190ffff-0000-7000-8000-0000000188cb","0190ffff-0000-7000-8000-0000000188f0","0190ffff-0000-7000-8000-000000018915","0190ffff-0000-7000-8000-00000001893a","0190ffff-0000-7000-8000-00000001895f","0190ffff-0000-7000-8000-000000018984","0190ffff-0000-7000-8000-0000000189a9","0190ffff-0000-7000-8000-0000000189ce","0190ffff-0000-7000-8000-0000000189f3","0190ffff-0000-7000-8000-000000018a18","0190ffff-0000-7000-8000-000000018a3d","0190ffff-0000-7000-8000-000000018a62","0190ffff-0000-7000-8000-000000018a87","0190ffff-0000-7000-8000-000000018aac","0190ffff-0000-7000-8000-000000018ad1","0190ffff-0000-7000-8000-000000018af6","0190ffff-0000-7000-8000-000000018b1b","0190ffff-0000-7000-8000-000000018b40"]

-- 100 deliveries of webhooks changed
update "webhook_deliveries" set "status" = "changed"."status", "attempts" = "changed"."attempts", "tries" = "changed"."tries", "next_attempt_at" = "changed"."next_attempt_at", "lease_until" = "changed"."lease_until", "error" = "changed"."error", "updated_at" = "changed"."updated_at"
		from (
		select "id", "status", "attempts", "tries", "next_attempt_at", "lease_until", "error", "updated_at" from "webhook_deliveries" where 1 = 0
		union all select @, @, @, @, @, @, @, @ union all select @, @, @, @, @, @, @, @ …
	) as "changed"
		where "webhook_deliveries"."id" = "changed"."id";
-- 800 parameters: ["0190ffff-0000-7000-8000-0000000186c5","DELIVERED",1,1,null,null,null,"2026-01-02T01:00:00.000Z","0190ffff-0000-7000-8000-0000000186ea","DELIVERED",1,1,null,null,null,"2026-01-02T01:00:00.000Z","0190ffff-0000-7000-8000-00000001870f","DELIVERED",1,1,null,null,null,"2026-01-02T01:00:00.000Z","0190ffff-0000-7000-8000-000000018734","DELIVERED",1,1,null,null,null,"2026-01-02T01:00:00.000Z"]

-- 100 attempts of webhooks ended
update "webhook_attempts" set "started_at" = "changed"."started_at", "duration_ms" = "changed"."duration_ms", "http_status" = "changed"."http_status", "outcome" = "changed"."outcome"
		from (
		select "delivery_id", "number", "started_at", "duration_ms", "http_status", "outcome" from "webhook_attempts" where 1 = 0
		union all select @, @, @, @, @, @ union all select @, @, @, @, @, @ …
	) as "changed"
		where "webhook_attempts"."delivery_id" = "changed"."delivery_id" and "webhook_attempts"."number" = "changed"."number";
-- 600 parameters: ["0190ffff-0000-7000-8000-0000000186c5",1,"2026-01-02T01:00:00.000Z",20,200,"ACCEPTED","0190ffff-0000-7000-8000-0000000186ea",1,"2026-01-02T01:00:00.000Z",20,200,"ACCEPTED","0190ffff-0000-7000-8000-00000001870f",1,"2026-01-02T01:00:00.000Z",20,200,"ACCEPTED","0190ffff-0000-7000-8000-000000018734",1,"2026-01-02T01:00:00.000Z",20,200,"ACCEPTED","0190ffff-0000-7000-8000-000000018759",1,"2026-01-02T01:00:00.000Z",20,200,"ACCEPTED","0190ffff-0000-7000-8000-00000001877e",1]

-- what can be forgotten of a webhook
select top(100) "id" from "webhook_deliveries" where "webhook_id" = @ and "status" = @ and "created_at" < @;
-- 3 parameters: ["0190eeee-0000-7000-8000-000000000001","DEAD","2026-01-01T22:13:20.000Z"]

-- messages with their keys, by id
select * from "messages" where "id" in (@);
-- 1 parameters: ["00000000-0000-7000-8000-000000000003"]

-- conversations by id
select * from "conversations" where "id" in (@);
-- 1 parameters: ["00000000-0000-7000-8000-000000000001"]

-- conversations, by every filter
select top(51) * from "conversations" where "status" in (@) and "channel" in (@) and "visibility" = @ and "closed_at" is null and lower("subject") like lower(@) escape '\' and "id" in (select "conversation_id" from "memberships" where "user_id" = @ and "left_at" is null) and ("last_activity_at" <= @ and ("last_activity_at" < @ or "id" < @)) order by "last_activity_at" desc, "id" desc;
-- 8 parameters: ["OPEN","CHAT","OPEN","%50\\%\\_\\[x]%","00000000-0000-7000-8000-000000000002","2026-01-31T12:00:00.000Z","2026-01-31T12:00:00.000Z","00000000-0000-7000-8000-000000000001"]

-- users, by a text
select top(51) * from "users" where (lower("name") like lower(@) escape '\' or lower("subject") like lower(@) escape '\') order by "name" asc, "id" asc;
-- 2 parameters: ["%50\\%\\_\\[x]%","%50\\%\\_\\[x]%"]

-- insert conversations
insert into "conversations" ("id", "subject", "channel", "status", "visibility", "creator_id", "last_sequence", "created_at", "last_activity_at", "closed_at") values (@, @, @, @, @, @, @, @, @, @);
-- 10 parameters: ["00000000-0000-7000-8000-000000000001","Ünïcode 😀","CHAT","OPEN","PRIVATE","00000000-0000-7000-8000-000000000002",3,"2026-01-31T12:00:00.000Z","2026-01-31T12:00:00.000Z",null]

-- insert memberships
insert into "memberships" ("conversation_id", "user_id", "joined_at", "left_at", "left_sequence", "last_read_sequence", "removed") values (@, @, @, @, @, @, @), (@, @, @, @, @, @, @);
-- 14 parameters: ["00000000-0000-7000-8000-000000000001","00000000-0000-7000-8000-000000000002","2026-01-31T12:00:00.000Z",null,null,1,false,"00000000-0000-7000-8000-000000000001","00000000-0000-7000-8000-000000000002","2026-01-31T12:00:00.000Z",null,null,1,false]

-- insert messages
insert into "messages" ("conversation_id", "sequence", "id", "author_id", "body", "created_at", "edited_at", "edit_count", "deleted_at", "client_message_id", "send_key", "content_hash", "reply_to_id", "internal", "channel") values (@, @, @, @, @, @, @, @, @, @, @, @, @, @, @), (@, @, @, @, @, @, @, @, @, @, @, @, @, @, @);
-- 30 parameters: ["00000000-0000-7000-8000-000000000001",3,"00000000-0000-7000-8000-000000000003","00000000-0000-7000-8000-000000000002","hello","2026-01-31T12:00:00.000Z",null,0,null,"key","1gxM6Hl7bLQ5rWGWQd1xjfCveuIX1wX6tyFuXwL4cks","hash",null,false,"CHAT","00000000-0000-7000-8000-000000000001",3,"00000000-0000-7000-8000-000000000003","00000000-0000-7000-8000-000000000002","hello","2026-01-31T12:00:00.000Z",null,0,null,"key","1gxM6Hl7bLQ5rWGWQd1xjfCveuIX1wX6tyFuXwL4cks","hash",null,false,"CHAT"]

-- insert events
insert into "events" ("conversation_id", "sequence", "type", "occurred_at", "actor_id", "message_id", "member_id", "internal", "command_id") values (@, @, @, @, @, @, @, @, @), (@, @, @, @, @, @, @, @, @);
-- 18 parameters: ["00000000-0000-7000-8000-000000000001",3,"MessageSent","2026-01-31T12:00:00.000Z","00000000-0000-7000-8000-000000000002","00000000-0000-7000-8000-000000000003",null,false,"00000000-0000-7000-8000-000000000004","00000000-0000-7000-8000-000000000001",3,"MessageSent","2026-01-31T12:00:00.000Z","00000000-0000-7000-8000-000000000002","00000000-0000-7000-8000-000000000003",null,false,"00000000-0000-7000-8000-000000000004"]

-- insert revisions
insert into "message_revisions" ("message_id", "number", "body", "created_at") values (@, @, @, @);
-- 4 parameters: ["00000000-0000-7000-8000-000000000003",1,"helo","2026-01-31T12:00:00.000Z"]

-- erase revisions
delete from "message_revisions" where "message_id" in (@);
-- 1 parameters: ["00000000-0000-7000-8000-000000000003"]

-- change conversations
update "conversations" set "subject" = "changed"."subject", "channel" = "changed"."channel", "status" = "changed"."status", "visibility" = "changed"."visibility", "last_sequence" = "changed"."last_sequence", "last_activity_at" = "changed"."last_activity_at", "closed_at" = "changed"."closed_at"
		from (
		select "id", "subject", "channel", "status", "visibility", "last_sequence", "last_activity_at", "closed_at" from "conversations" where 1 = 0
		union all select @, @, @, @, @, @, @, @ union all select @, @, @, @, @, @, @, @
	) as "changed"
		where "conversations"."id" = "changed"."id";
-- 16 parameters: ["00000000-0000-7000-8000-000000000001","Ünïcode 😀","CHAT","OPEN","PRIVATE",3,"2026-01-31T12:00:00.000Z",null,"00000000-0000-7000-8000-000000000002","Ünïcode 😀","CHAT","OPEN","PRIVATE",3,"2026-01-31T12:00:00.000Z",null]

-- insert threads
insert into "threads" ("pair_key", "generation", "conversation_id", "family", "own_address", "contact_address") values (@, @, @, @, @, @);
-- 6 parameters: ["ppppppppppppppppppppppppppppppppppppppppppp",1,"00000000-0000-7000-8000-000000000001","PHONE","+11234567890","+10987654321"]

-- insert deliveries
insert into "deliveries" ("message_id", "status", "provider", "attempts", "tries", "next_attempt_at", "lease_until", "provider_message_id", "error", "uncertain", "updated_at", "open_sequence", "due_at", "conversation_id", "sequence", "channel", "from_address", "to_address", "requested_at") values (@, @ …), (@, @ …);
-- 38 parameters: ["00000000-0000-7000-8000-000000000003","QUEUED",null,0,0,"1970-01-01T00:00:00.002Z",null,null,null,false,"1970-01-01T00:00:00.002Z",3,null,"00000000-0000-7000-8000-000000000001",3,"SMS","+11234567890","+10987654321","1970-01-01T00:00:00.001Z","00000000-0000-7000-8000-000000000003","QUEUED",null,0,0,"1970-01-01T00:00:00.002Z",null,null,null,false,"1970-01-01T00:00:00.002Z",3,null]

-- insert attempts
insert into "delivery_attempts" ("message_id", "number", "provider", "started_at", "duration_ms", "http_status", "outcome") values (@, @, @, @, @, @, @);
-- 7 parameters: ["00000000-0000-7000-8000-000000000003",1,"webhook","1970-01-01T00:00:00.003Z",null,null,"UNKNOWN"]

-- insert incoming messages
insert into "incoming_messages" ("message_id", "contact_address", "own_address", "provider", "provider_message_id", "sent_at") values (@, @, @, @, @, @);
-- 6 parameters: ["00000000-0000-7000-8000-000000000003","+10987654321","+11234567890","webhook","in-1","1970-01-01T00:00:00.001Z"]

-- insert attachments
insert into "attachments" ("message_id", "position", "url", "content_type", "size") values (@, @, @, @, @);
-- 5 parameters: ["00000000-0000-7000-8000-000000000003",0,"https://example.com/a","image/png",null]

-- erase attachments
delete from "attachments" where "message_id" in (@);
-- 1 parameters: ["00000000-0000-7000-8000-000000000003"]

-- insert receipts
insert into "webhook_receipts" ("receipt_key", "received_at") values (@, @);
-- 2 parameters: ["key","2026-01-31T12:00:00.000Z"]

-- forget receipts
delete from "webhook_receipts" where "receipt_key" in (select top(1000) "receipt_key" from "webhook_receipts" where "received_at" < @ order by "received_at");
-- 1 parameters: ["2026-01-31T12:00:00.000Z"]

-- insert opt-outs
insert into "opt_outs" ("opt_out_key", "family", "address", "opted_out_at") values (@, @, @, @);
-- 4 parameters: ["key","PHONE","+10987654321","2026-01-31T12:00:00.000Z"]

-- end opt-outs
delete from "opt_outs" where "opt_out_key" in (@);
-- 1 parameters: ["key"]

-- lock a provider's row
select * from "provider_limits" with (updlock, rowlock)
			where "provider" in (@) order by "provider";
-- 1 parameters: ["webhook"]

-- insert what webhooks are told
insert into "webhook_deliveries" ("id", "webhook_id", "conversation_id", "sequence", "event", "status", "attempts", "tries", "next_attempt_at", "lease_until", "error", "created_at", "updated_at") values (@, @, @, @, @, @, @, @, @, @, @, @, @);
-- 13 parameters: ["00000000-0000-7000-8000-000000000001","00000000-0000-7000-8000-000000000002","00000000-0000-7000-8000-000000000003",1,"MESSAGE_SENT","QUEUED",0,0,"2026-01-31T12:00:00.000Z",null,null,"2026-01-31T12:00:00.000Z","2026-01-31T12:00:00.000Z"]

-- insert webhooks' attempts
insert into "webhook_attempts" ("delivery_id", "number", "started_at", "duration_ms", "http_status", "outcome") values (@, @, @, @, @, @);
-- 6 parameters: ["00000000-0000-7000-8000-000000000001",1,"2026-01-31T12:00:00.000Z",null,null,"UNKNOWN"]

-- the webhooks
select * from "webhooks" where "deleted_at" is null order by "created_at", "id";
-- 0 parameters: []
