import { once } from 'node:events';
import WebSocket from 'ws';
import { OPERATIONS } from './operations.ts';

export interface FollowTask {
	readonly kind: 'follow';
	/** Of the GraphQL endpoint; the WebSocket is on the same path. */
	readonly url: string;
	readonly tokens: readonly string[];
	readonly conversationId: string;
}

export interface TrafficTask {
	readonly kind: 'traffic';
	readonly url: string;
	readonly token: string;
	readonly conversationId: string;
	readonly events: number;
	/** Makes the sends' keys differ from those of other traffic. */
	readonly tag: string;
}

export interface Delivered {
	/** Events that reached every follower, each once. */
	readonly events: number;
	readonly seconds: number;
}

const HANDSHAKES_AT_A_TIME = 50;
const DELIVERY_TIMEOUT_MS = 20_000;
const BARRIER_TIMEOUT_MS = 2_000;
const BARRIER_ATTEMPTS = 15;

interface Follower {
	readonly socket: WebSocket;
	received: number;
	fault: string | undefined;
}

const followers: Follower[] = [];
let onReceived = (): void => {};

/** Opens one socket a token, each with one subscription to the conversation, and keeps them open. */
export async function follow({ url, tokens, conversationId }: FollowTask): Promise<void> {
	const payload = { operationName: 'Follow', query: OPERATIONS.Follow, variables: { conversationId } };
	const subscribe = JSON.stringify({ id: '1', type: 'subscribe', payload });
	for (let index = 0; index < tokens.length; index += HANDSHAKES_AT_A_TIME) {
		const some = tokens.slice(index, index + HANDSHAKES_AT_A_TIME);
		followers.push(...(await Promise.all(some.map((token) => open(url, token, subscribe)))));
	}
}

async function open(url: string, token: string, subscribe: string): Promise<Follower> {
	const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', {
		perMessageDeflate: false,
	});
	const follower: Follower = { socket, received: 0, fault: undefined };
	await once(socket, 'open');
	socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
	const [ack] = (await once(socket, 'message')) as [Buffer];
	if (!ack.includes('"connection_ack"')) throw new Error(`No ack: ${ack}`);
	socket.on('message', (data: Buffer) => {
		if (data.includes('"MessageSent"')) follower.received += 1;
		else if (data.includes('"type":"ping"')) socket.send('{"type":"pong"}');
		else if (data.includes('"errors"') || data.includes('"type":"error"')) follower.fault ??= data.toString();
		onReceived();
	});
	socket.on('close', (code, reason) => {
		follower.fault ??= `closed ${code} ${reason}`;
		onReceived();
	});
	socket.send(subscribe);
	return follower;
}

/** Closes every socket that is open and waits until they are. */
export async function unfollow(): Promise<void> {
	const closing = followers.splice(0).map(async ({ socket }) => {
		if (socket.readyState === WebSocket.CLOSED) return;
		const closed = once(socket, 'close');
		socket.close(1000);
		await closed;
	});
	await Promise.all(closing);
}

/**
 * Sends events one after the other, each as soon as every follower has the one before. Throws when one is missing,
 * doubled or late. Subscriptions are not acknowledged, so it begins with sends that only prove them to be live.
 */
export async function traffic(task: TrafficTask): Promise<Delivered> {
	await barrier(task);
	for (const follower of followers) follower.received = 0;
	const startedAt = performance.now();
	for (let event = 1; event <= task.events; event += 1) {
		await send(task, `${task.tag}-${event}`);
		await everyoneHas(event, DELIVERY_TIMEOUT_MS);
	}
	const doubled = followers.filter(({ received }) => received !== task.events).length;
	if (doubled > 0) throw new Error(`${doubled} followers received more than ${task.events} events.`);
	return { events: task.events, seconds: (performance.now() - startedAt) / 1000 };
}

async function barrier(task: TrafficTask): Promise<void> {
	for (let attempt = 1; attempt <= BARRIER_ATTEMPTS; attempt += 1) {
		for (const follower of followers) follower.received = 0;
		await send(task, `${task.tag}-barrier-${attempt}`);
		const complete = await everyoneHas(1, BARRIER_TIMEOUT_MS).then(
			() => true,
			() => false,
		);
		if (complete) return;
	}
	throw new Error(`Not every follower became live: ${lacking(1)}`);
}

async function send({ url, token, conversationId }: TrafficTask, clientMessageId: string): Promise<void> {
	const input = { conversationId, body: `event ${clientMessageId}`, clientMessageId };
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
		body: JSON.stringify({
			operationName: 'SendMessage',
			query: OPERATIONS.SendMessage,
			variables: { input },
		}),
	});
	const text = await response.text();
	if (!text.includes('"SendMessagePayload"'))
		throw new Error(`Not sent: ${response.status} ${text.slice(0, 300)}`);
}

function everyoneHas(count: number, timeoutMs: number): Promise<void> {
	return new Promise((resolve, reject) => {
		let waitingFor = 0;
		const finish = (settle: () => void): void => {
			clearTimeout(timer);
			onReceived = () => {};
			settle();
		};
		const check = (): void => {
			// Followers are passed in their order, so that a thousand deliveries cost one walk in all.
			while (waitingFor < followers.length && (followers[waitingFor]?.received ?? 0) >= count)
				waitingFor += 1;
			if (waitingFor === followers.length) finish(resolve);
			else if (followers[waitingFor]?.fault) finish(() => reject(new Error(lacking(count))));
		};
		const timer = setTimeout(() => finish(() => reject(new Error(lacking(count)))), timeoutMs);
		onReceived = check;
		check();
	});
}

function lacking(count: number): string {
	const behind = followers.filter(({ received }) => received < count);
	const fault = behind.find((follower) => follower.fault)?.fault ?? 'nothing wrong was said';
	return `${behind.length} of ${followers.length} followers lack event ${count}; ${fault}`;
}
