import { beforeAll, describe, expect, test } from 'vitest';
import { closeConversation } from '../../src/conversations/close-conversation.ts';
import { createConversation } from '../../src/conversations/create-conversation.ts';
import { deleteMessage } from '../../src/conversations/delete-message.ts';
import type { Domain } from '../../src/conversations/domain.ts';
import { editMessage } from '../../src/conversations/edit-message.ts';
import { joinConversation } from '../../src/conversations/join-conversation.ts';
import { leaveConversation } from '../../src/conversations/leave-conversation.ts';
import { markRead } from '../../src/conversations/mark-read.ts';
import { sendMessage } from '../../src/conversations/send-message.ts';
import type { Viewer } from '../../src/identity/viewer.ts';
import { databasesFor } from '../support/databases.ts';
import { useCountedBatches } from './counted-batches.ts';

interface Chat {
	readonly conversationId: string;
	readonly messageId: string;
}

let alice: Viewer;
let agent: Viewer;
let domain: Domain;

/** What is done in as many conversations at once. */
const KINDS: Record<string, (chat: Chat, index: number) => Promise<unknown>> = {
	create: () => createConversation(domain, alice, { subject: 'new' }),
	'send with a key': ({ conversationId }) =>
		sendMessage(domain, alice, { conversationId, body: 'hello', clientMessageId: 'k' }),
	'send the same again': ({ conversationId }) =>
		sendMessage(domain, alice, { conversationId, body: 'hello', clientMessageId: 'k' }),
	'reply, having seen all': ({ conversationId, messageId }) =>
		sendMessage(domain, alice, { conversationId, body: 'yes', replyToId: messageId, expectedSequence: 4 }),
	'write as one who is not a member': ({ conversationId }) =>
		sendMessage(domain, agent, { conversationId, body: 'joining', internal: true }),
	'be late': ({ conversationId }) =>
		sendMessage(domain, agent, { conversationId, body: 'late', expectedSequence: 2 }).catch(() => undefined),
	edit: ({ messageId }, index) => editMessage(domain, alice, { messageId, body: `edited ${index}` }),
	delete: ({ messageId }) => deleteMessage(domain, alice, { messageId }),
	'mark as read': ({ conversationId }, index) =>
		markRead(domain, alice, { conversationId, sequence: 3 + (index % 2) }),
	leave: ({ conversationId }) => leaveConversation(domain, agent, { conversationId }),
	'join again': ({ conversationId }) => joinConversation(domain, agent, { conversationId }),
	close: ({ conversationId }) => closeConversation(domain, agent, { conversationId }),
};

describe.each(databasesFor('statements per batch'))('on %s', (kind) => {
	const batches = useCountedBatches(kind);

	beforeAll(async () => {
		({ domain } = batches);
		alice = await batches.viewer('alice', 'CUSTOMER');
		agent = await batches.viewer('agent', 'AGENT');
	});

	async function chats(count: number): Promise<readonly Chat[]> {
		return Promise.all(
			Array.from({ length: count }, async () => {
				const { conversation } = await createConversation(domain, alice, {});
				const sent = { conversationId: conversation.id, body: 'first' };
				const { message } = await sendMessage(domain, alice, sent);
				return { conversationId: conversation.id, messageId: message.id };
			}),
		);
	}

	test('a batch of 200 is as many statements as one of 10 or of 1, whatever its commands do', async () => {
		const counts = Object.fromEntries(Object.keys(KINDS).map((name) => [name, [] as number[]]));
		for (const size of [1, 10, 200]) {
			const all = await chats(size);
			for (const [name, run] of Object.entries(KINDS)) {
				const work = all.map((chat, index) => () => run(chat, index));
				counts[name]?.push(await batches.inOneBatch(work));
			}
		}
		for (const [name, [one = 0, ten, many]] of Object.entries(counts))
			expect([ten, many], `${name}: ${one} alone`).toEqual([one, one]);
		expect(counts).toMatchObject({ 'send with a key': [6, 6, 6] });
	});
});
