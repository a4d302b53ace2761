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
update "conversations" set "last_sequence" = "changed"."last_sequence", "last_activity_at" = "changed"."last_activity_at" from (
		select "id", "last_sequence", "last_activity_at" from "conversations" where 1 = 0
		union all select @, @, @ union all select @, @, @ …
	) as "changed"
		where "conversations"."id" = "changed"."id";
-- 48 parameters: ["0190bbbb-0000-7000-8000-000000000025",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-00000000004a",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-00000000006f",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-000000000094",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-0000000000b9",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-0000000000de",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-000000000103",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-000000000128",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-00000000014d",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-000000000172",6,"2026-01-01T05:33:20.000Z","0190bbbb-0000-7000-8000-000000000197",6]

-- 16 messages edited
update "messages" set "body" = "changed"."body", "edited_at" = "changed"."edited_at", "edit_count" = "changed"."edit_count", "deleted_at" = "changed"."deleted_at" from (
		select "conversation_id", "sequence", "body", "edited_at", "edit_count", "deleted_at" from "messages" where 1 = 0
		union all select @, @, @, @, @, @ union all select @, @, @, @, @, @ …
	) as "changed"
		where "messages"."conversation_id" = "changed"."conversation_id" and "messages"."sequence" = "changed"."sequence";
-- 96 parameters: ["0190bbbb-0000-7000-8000-000000000001",5001,"The parcel is here.","2026-01-01T00:00:01.000Z",1,null,"0190bbbb-0000-7000-8000-000000000001",10002,"The parcel is here.","2026-01-01T00:00:01.000Z",1,null,"0190bbbb-0000-7000-8000-000000000001",15003,"The parcel is here.","2026-01-01T00:00:01.000Z",1,null,"0190bbbb-0000-7000-8000-000000000001",20004,"The parcel is here.","2026-01-01T00:00:01.000Z",1,null,"0190bbbb-0000-7000-8000-000000000001",25005,"The parcel is here.","2026-01-01T00:00:01.000Z",1,null,"0190bbbb-0000-7000-8000-000000000001",30006]

-- 16 read markers moved
update "memberships" set "joined_at" = "changed"."joined_at", "left_at" = "changed"."left_at", "left_sequence" = "changed"."left_sequence", "last_read_sequence" = "changed"."last_read_sequence", "removed" = "changed"."removed" from (
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
update "conversations" set "subject" = "changed"."subject", "channel" = "changed"."channel", "status" = "changed"."status", "visibility" = "changed"."visibility", "last_sequence" = "changed"."last_sequence", "last_activity_at" = "changed"."last_activity_at", "closed_at" = "changed"."closed_at" from (
		select "id", "subject", "channel", "status", "visibility", "last_sequence", "last_activity_at", "closed_at" from "conversations" where 1 = 0
		union all select @, @, @, @, @, @, @, @ union all select @, @, @, @, @, @, @, @
	) as "changed"
		where "conversations"."id" = "changed"."id";
-- 16 parameters: ["00000000-0000-7000-8000-000000000001","Ünïcode 😀","CHAT","OPEN","PRIVATE",3,"2026-01-31T12:00:00.000Z",null,"00000000-0000-7000-8000-000000000002","Ünïcode 😀","CHAT","OPEN","PRIVATE",3,"2026-01-31T12:00:00.000Z",null]
