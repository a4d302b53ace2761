import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
	DemoConversationDocument,
	DemoCreateDocument,
	DemoEditDocument,
	DemoMarkReadDocument,
	DemoSendDocument,
	DemoSetTypingDocument,
	type SendMessageInput,
} from '../../generated/graphql.ts';
import { CommandError } from '../command-error.ts';
import { type Arrival, DemoClient } from './client.ts';
import { Screen } from './screen.ts';

export interface PlayOptions {
	/** The service's origin. */
	readonly url: string;
	readonly customerToken: string;
	readonly agentToken: string;
	/** Between two steps, for those who watch; milliseconds. */
	readonly pause: number;
}

const CUSTOMER = 'Carol';
const AGENT = 'Alex';

/**
 * Plays a conversation between a customer and an agent, and shows on each side what arrives there.
 * Throws a CommandError when the service does not keep what it promises.
 */
export async function play({ url, customerToken, agentToken, pause }: PlayOptions): Promise<void> {
	const screen = new Screen();
	const carol = new DemoClient(url, customerToken, (arrival) => screen.show('left', CUSTOMER, arrival));
	const alex = new DemoClient(url, agentToken, (arrival) => screen.show('right', AGENT, arrival));
	try {
		screen.title(`${CUSTOMER}, a customer`, `${AGENT}, an agent`);
		const cast = { screen, carol, alex, rest: () => setTimeout(pause) };
		const conversationId = await open(cast);
		const first = await greet(cast, conversationId);
		await note(cast, conversationId);
		await edit(cast, first);
		await retry(cast, conversationId);
		await dropAndResume(cast, conversationId);
		await markRead(cast, conversationId);
		await compare(cast, conversationId);
	} finally {
		await Promise.all([carol.close(), alex.close()]);
	}
}

interface Cast {
	readonly screen: Screen;
	readonly carol: DemoClient;
	readonly alex: DemoClient;
	readonly rest: () => Promise<void>;
}

async function open({ screen, carol, alex, rest }: Cast): Promise<string> {
	screen.narrate(`${CUSTOMER} opens a conversation; both follow it.`);
	const { createConversation } = await carol.ask(DemoCreateDocument, { input: { subject: 'My parcel' } });
	if (createConversation.__typename !== 'CreateConversationPayload') throw refused(createConversation);
	const { id } = createConversation.conversation;
	carol.follow(id);
	alex.follow(id);
	await arrives([carol, alex], 1);
	await rest();
	return id;
}

async function greet({ screen, carol, alex, rest }: Cast, conversationId: string) {
	screen.narrate(`They talk. ${AGENT}'s first message joins the conversation.`);
	const first = await send(carol, { conversationId, body: 'Where is my parcel?' });
	await arrives([carol, alex], first.sequence);
	await rest();
	await type(alex, conversationId, true);
	await carol.until(`"${AGENT} is typing"`, isTyping);
	await rest();
	const answer = await send(alex, { conversationId, body: 'I am looking for it.' });
	await type(alex, conversationId, false);
	await arrives([carol, alex], answer.sequence);
	await rest();
	return first;
}

async function note({ screen, alex, rest }: Cast, conversationId: string): Promise<void> {
	screen.narrate(`${AGENT} writes a note for colleagues: ${CUSTOMER} gets nothing of it.`);
	const written = await send(alex, { conversationId, body: 'The depot lost it.', internal: true });
	await arrives([alex], written.sequence);
	await rest();
}

async function edit({ screen, carol, alex, rest }: Cast, message: { readonly id: string }): Promise<void> {
	screen.narrate(`${CUSTOMER} edits the first message.`);
	const input = { messageId: message.id, body: 'Where is parcel 7?' };
	const { editMessage } = await carol.ask(DemoEditDocument, { input });
	if (editMessage.__typename !== 'EditMessagePayload') throw refused(editMessage);
	const isEdit = (arrival: Arrival) => arrival.__typename === 'MessageEdited';
	await Promise.all([carol, alex].map((client) => client.until('The edit', isEdit)));
	await rest();
}

async function retry({ screen, carol, alex, rest }: Cast, conversationId: string): Promise<void> {
	screen.narrate(`${CUSTOMER} sends, misses the answer, and sends again with the same key.`);
	const message = { conversationId, body: 'It is urgent.', clientMessageId: randomUUID() };
	const first = await send(carol, message);
	const again = await send(carol, message);
	await arrives([carol, alex], first.sequence);
	if (again.id !== first.id || again.sequence !== first.sequence)
		throw new CommandError('A retry with the same key stored a second message.');
	screen.verdict(`The retry got the same message, #${again.sequence}; nothing new was stored.`);
	await rest();
}

async function dropAndResume({ screen, carol, alex, rest }: Cast, conversationId: string): Promise<void> {
	screen.narrate(`${CUSTOMER}'s connection drops. ${AGENT} writes on.`);
	carol.drop();
	const seen = newest(carol);
	await send(alex, { conversationId, body: 'Found it!' });
	const last = await send(alex, { conversationId, body: 'It arrives tomorrow.' });
	await arrives([alex], last.sequence);
	await rest();
	screen.narrate(`${CUSTOMER} is back, and asks for what came after #${seen}.`);
	carol.resume();
	await arrives([carol], last.sequence);
	await rest();
}

async function markRead({ screen, carol, alex, rest }: Cast, conversationId: string): Promise<void> {
	screen.narrate(`${CUSTOMER} reads everything.`);
	const before = await look(carol, conversationId);
	const input = { conversationId, sequence: newest(carol) };
	const marked = (await carol.ask(DemoMarkReadDocument, { input })).markRead;
	if (marked.__typename !== 'MarkReadPayload') throw refused(marked);
	await alex.until('The read marker', (arrival) => arrival.__typename === 'ReadMarkerMoved');
	const after = await look(carol, conversationId);
	screen.remark(`Unread before: ${before.unreadCount}. Unread now: ${after.unreadCount}.`);
	await rest();
}

/** What arrived on each side against the history that this side may see. */
async function compare({ screen, carol, alex }: Cast, conversationId: string): Promise<void> {
	screen.narrate('What arrived, compared with the history:');
	for (const [name, client] of [
		[CUSTOMER, carol],
		[AGENT, alex],
	] as const) {
		const { messages } = await look(client, conversationId);
		const stored = messages.edges.map(({ node }) => node.sequence);
		const arrived = client.arrivals.flatMap((arrival) =>
			arrival.__typename === 'MessageSent' ? [arrival.sequence] : [],
		);
		if (arrived.join() !== stored.join())
			throw new CommandError(`${name} got the messages ${arrived.join()}; the history has ${stored.join()}.`);
		screen.verdict(`${name}: ${stored.length} messages, each once and in order; none is missing.`);
	}
	process.stdout.write('\n');
}

async function send(client: DemoClient, input: SendMessageInput) {
	const { sendMessage } = await client.ask(DemoSendDocument, { input });
	if (sendMessage.__typename !== 'SendMessagePayload') throw refused(sendMessage);
	return sendMessage.message;
}

async function type(client: DemoClient, conversationId: string, typing: boolean): Promise<void> {
	const { setTyping } = await client.ask(DemoSetTypingDocument, { input: { conversationId, typing } });
	if (setTyping.__typename !== 'SetTypingPayload') throw refused(setTyping);
}

async function look(client: DemoClient, id: string) {
	const { conversation } = await client.ask(DemoConversationDocument, { id });
	if (conversation == null) throw new CommandError('The conversation is not to be found.');
	return conversation;
}

function arrives(clients: readonly DemoClient[], sequence: number): Promise<unknown> {
	const isIt = (arrival: Arrival) => 'actor' in arrival && arrival.sequence === sequence;
	return Promise.all(clients.map((client) => client.until(`Event #${sequence}`, isIt)));
}

function newest(client: DemoClient): number {
	return Math.max(0, ...client.arrivals.map((arrival) => ('actor' in arrival ? arrival.sequence : 0)));
}

function isTyping(arrival: Arrival): boolean {
	return arrival.__typename === 'TypingChanged' && arrival.typing;
}

function refused({
	__typename,
	reason,
}: {
	readonly __typename: string;
	readonly reason: string;
}): CommandError {
	return new CommandError(`The service refused with ${__typename}: ${reason}`);
}
