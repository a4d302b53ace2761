import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { RedisPubSub } from 'graphql-redis-subscriptions';
import type { Redis } from 'ioredis';
import type { RedisConfig } from '../config.ts';
import type { Bus, WakeUp } from '../live/bus.ts';
import { MemoryBus } from './memory.ts';
import { type DropReason, Outbox } from './outbox.ts';
import type { RedisConnections } from './redis-connections.ts';
import { isRefusal, RedisSubscriptions } from './redis-subscriptions.ts';
import { pack, type Received, unpack } from './wire.ts';

/** Which database's wake-ups these are. */
export interface Scope {
	readonly database: string;
	/** Another log of that database: its events are not this one's. */
	readonly epoch: () => string;
}

/** What is told of the bus. Must not throw. */
export interface BusObserver {
	published(wakeUps: number): void;
	dropped(reason: DropReason, wakeUps: number): void;
	received(wakeUps: number): void;
	/** Of another log or format, or not to be understood. */
	ignored(reason: 'foreign' | 'invalid', wakeUps: number): void;
	/** Whether wake-ups go both ways; told at each change, with what is known of the reason. */
	connected(isConnected: boolean, reason: string): void;
	interrupted(): void;
}

/** What is still under way at the end is waited for so long. */
export const CLOSE_MS = 500;
/** How many of its own messages in a row a node may miss. */
const MAX_UNHEARD = 2;

/**
 * Wake-ups between nodes over Redis. This node's own followers are woken directly; a message that comes back to the
 * node that sent it is dropped. Without Redis everybody else reads the log at the slow beat.
 */
export class RedisBus implements Bus {
	readonly node = randomUUID();
	readonly #local = new MemoryBus();
	readonly #config: RedisConfig;
	readonly #scope: Scope;
	readonly #observer: BusObserver;
	readonly #publisher: Redis;
	readonly #subscriber: Redis;
	readonly #subscriptions: RedisSubscriptions;
	readonly #pubsub: RedisPubSub;
	readonly #outbox: Outbox;
	readonly #channels = new Map<string, Channel>();
	readonly #listeners: (() => void)[] = [];
	#beat: NodeJS.Timeout | undefined;
	#unheard = 0;
	/** Redis may refuse it. */
	#mayPublish = true;
	#isConnected = false;
	#reason = 'it has not answered yet';
	#onChange = () => {};
	#closed: Promise<void> | undefined;

	constructor(config: RedisConfig, connections: RedisConnections, scope: Scope, observer: BusObserver) {
		this.#config = config;
		this.#scope = scope;
		this.#observer = observer;
		this.#publisher = connections.publisher;
		this.#subscriber = connections.subscriber;
		this.#subscriptions = new RedisSubscriptions(this.#subscriber, (reason) => this.#refused(reason));
		this.#pubsub = this.#createPubSub();
		this.#outbox = new Outbox({
			...config,
			maxWakeUps: config.maxQueued,
			maxBytes: config.maxQueuedBytes,
			send: (conversationId, texts) =>
				this.#pubsub.publish(this.#channelOf(conversationId), pack(this.#origin, texts)),
			isUp: () => this.#publisher.status === 'ready',
			onPublished: (wakeUps) => observer.published(wakeUps),
			onDropped: (reason, wakeUps) => observer.dropped(reason, wakeUps),
		});
	}

	get state(): 'connected' | 'away' {
		return this.#isConnected ? 'connected' : 'away';
	}

	/** Begins to connect, and goes on as long as it takes; answers when it has, or at the first failure. */
	async open(): Promise<void> {
		const answered = new Promise<void>((resolve) => {
			this.#onChange = resolve;
		});
		for (const client of [this.#publisher, this.#subscriber]) {
			client.on('error', (error: Error) => this.#note(error));
			client.on('close', () => {
				this.#update();
				this.#onChange();
			});
			client.on('end', () => this.#connectLater(client));
		}
		this.#publisher.on('ready', () => this.#setMayPublish(true));
		this.#subscriber.on('ready', () => void this.#subscribeAgain());
		await this.#pubsub.subscribe(this.#nodeChannel, () => {
			this.#unheard = 0;
		});
		for (const client of [this.#publisher, this.#subscriber]) client.connect().catch(() => undefined);
		this.#beat = setInterval(() => this.#check(), this.#config.checkIntervalMs).unref();
		await Promise.race([answered, delay(this.#config.timeoutMs, undefined, { ref: false })]);
		this.#update();
		if (!this.#isConnected) this.#observer.connected(false, this.#reason);
	}

	publish(conversationId: string, wakeUp: WakeUp): void {
		if (this.#closed !== undefined) return;
		this.#outbox.put(conversationId, wakeUp);
		this.#local.publish(conversationId, wakeUp);
	}

	/** Answers without Redis where that does not: then the subscription is made when it is back, and told as an interruption. */
	async subscribe(conversationId: string, handler: (wakeUp: WakeUp) => void): Promise<() => void> {
		const unsubscribe = await this.#local.subscribe(conversationId, handler);
		const channel = this.#channels.get(conversationId) ?? this.#openChannel(conversationId);
		channel.handlers++;
		await channel.subscribed;
		let isSubscribed = true;
		return () => {
			if (!isSubscribed) return;
			isSubscribed = false;
			unsubscribe();
			channel.handlers--;
			if (channel.handlers === 0) this.#closeChannel(conversationId, channel);
		};
	}

	onInterruption(listener: () => void): void {
		this.#listeners.push(listener);
	}

	close(): Promise<void> {
		this.#closed ??= this.#close();
		return this.#closed;
	}

	async #close(): Promise<void> {
		clearInterval(this.#beat);
		await Promise.race([this.#outbox.drained(), delay(CLOSE_MS, undefined, { ref: false })]);
		for (const client of [this.#publisher, this.#subscriber]) client.disconnect();
		this.#channels.clear();
		await this.#local.close();
	}

	get #origin() {
		return { epoch: this.#scope.epoch(), node: this.node };
	}

	get #prefix(): string {
		return `${this.#config.prefix}:${this.#scope.database}`;
	}

	get #nodeChannel(): string {
		return `${this.#prefix}:node:${this.node}`;
	}

	#channelOf(conversationId: string): string {
		return `${this.#prefix}:conversation:${conversationId}`;
	}

	#createPubSub(): RedisPubSub {
		return new RedisPubSub({
			publisher: this.#publisher,
			// The four methods that it calls.
			subscriber: this.#subscriptions as unknown as Redis,
			messageEventName: 'messageBuffer',
			serializer: (text: string) => text,
			deserializer: (message) => unpack(message as Buffer, this.#origin),
		});
	}

	#openChannel(conversationId: string): Channel {
		const name = this.#channelOf(conversationId);
		const subscribed = this.#pubsub.subscribe<Received>(name, (received) =>
			this.#receive(conversationId, received),
		);
		const channel = { handlers: 0, subscribed };
		this.#channels.set(conversationId, channel);
		return channel;
	}

	#closeChannel(conversationId: string, channel: Channel): void {
		if (this.#closed !== undefined) return;
		this.#channels.delete(conversationId);
		void channel.subscribed.then((subscription) => this.#pubsub.unsubscribe(subscription));
	}

	#receive(conversationId: string, received: Received): void {
		if (received.kind === 'own') return;
		if (received.kind !== 'wake-ups') {
			this.#observer.ignored(received.kind, 1);
			return;
		}
		let { invalid } = received;
		for (const wakeUp of received.wakeUps) {
			if (isOf(wakeUp, conversationId)) this.#local.publish(conversationId, wakeUp);
			else invalid++;
		}
		if (invalid > 0) this.#observer.ignored('invalid', invalid);
		this.#observer.received(received.wakeUps.length);
	}

	async #subscribeAgain(): Promise<void> {
		if ((await this.#subscriptions.subscribeMissing()) && this.#channels.size > 0) this.#interrupt();
		this.#update();
	}

	#interrupt(): void {
		this.#observer.interrupted();
		for (const listener of this.#listeners) listener();
	}

	/**
	 * A frozen Redis is found out by what it does not answer. A message of its own shows a node that the way is open
	 * to its end: two connections that answer may be to servers that have lost each other.
	 */
	#check(): void {
		for (const client of [this.#publisher, this.#subscriber])
			if (client.status === 'ready') client.ping().catch(() => undefined);
		if (this.#subscriber.status !== 'ready') return;
		if (!this.#subscriptions.isComplete) void this.#subscribeAgain();
		else if (this.#publisher.status === 'ready') this.#callItself();
	}

	#callItself(): void {
		if (this.#unheard >= MAX_UNHEARD) {
			this.#unheard = 0;
			this.#note(new Error('what is published does not come back'));
			this.#subscriber.disconnect(true);
			return;
		}
		this.#unheard++;
		this.#pubsub.publish(this.#nodeChannel, pack(this.#origin, [])).then(
			() => this.#setMayPublish(true),
			(reason: unknown) => {
				this.#unheard = 0;
				if (!isRefusal(reason)) return;
				this.#mayPublish = false;
				this.#refused(reason);
			},
		);
	}

	#setMayPublish(mayPublish: boolean): void {
		this.#mayPublish = mayPublish;
		this.#update();
	}

	/** An operator has to mend it: it is told although it is no change, once. */
	#refused(reason: unknown): void {
		const before = this.#reason;
		const wasConnected = this.#isConnected;
		this.#note(reason);
		this.#update();
		if (!wasConnected && this.#reason !== before) this.#observer.connected(false, this.#reason);
	}

	#note(reason: unknown): void {
		this.#reason =
			reason instanceof Error ? reason.message || String(Reflect.get(reason, 'code')) : String(reason);
	}

	#update(): void {
		const isConnected =
			this.#publisher.status === 'ready' && this.#mayPublish && this.#subscriptions.isComplete;
		if (isConnected === this.#isConnected || this.#closed !== undefined) return;
		this.#isConnected = isConnected;
		this.#observer.connected(isConnected, this.#reason);
		if (!isConnected) return;
		this.#reason = 'the connection was closed';
		this.#onChange();
	}

	/** ioredis gives up where a sentinel is asked while the connection is being closed. */
	#connectLater(client: Redis): void {
		if (this.#closed !== undefined) return;
		setTimeout(() => {
			if (this.#closed === undefined) client.connect().catch(() => undefined);
		}, this.#config.checkIntervalMs).unref();
	}
}

interface Channel {
	handlers: number;
	readonly subscribed: Promise<number>;
}

/** Events of another conversation are a forgery or a mistake. */
function isOf(wakeUp: WakeUp, conversationId: string): boolean {
	return wakeUp.kind !== 'events' || wakeUp.events.every((event) => event.conversationId === conversationId);
}
