import { randomUUID } from 'node:crypto';
import { type BusObserver, RedisBus } from '../../src/bus/redis.ts';
import { createRedisConnections } from '../../src/bus/redis-connections.ts';
import { loadConfig, type RedisConfig } from '../../src/config.ts';
import type { WakeUp } from '../../src/live/bus.ts';

export interface RedisBusSettings {
	/** REDIS_URL. */
	readonly url: string;
	/** Its id; nodes of one hear each other. */
	readonly database?: string;
	readonly epoch?: () => string;
	readonly observer?: BusObserver;
	/** Other settings of the service. */
	readonly env?: Readonly<Record<string, string>>;
}

export const TEST_PREFIX = 'pendo-message-test';

export function redisConfigOf(url: string, env: Readonly<Record<string, string>> = {}): RedisConfig {
	const { redis } = loadConfig({ REDIS_PREFIX: TEST_PREFIX, ...env, REDIS_URL: url });
	if (redis === undefined) throw new TypeError('There is no REDIS_URL.');
	return redis;
}

/** A node's bus over Redis, once it is connected or has failed to be; of a database of its own unless one is given. */
export async function openRedisBus(settings: RedisBusSettings): Promise<RedisBus> {
	const { url, database = randomUUID(), epoch = () => 'epoch', observer = new BusRecord(), env } = settings;
	const config = redisConfigOf(url, env);
	const bus = new RedisBus(config, createRedisConnections(config), { database, epoch }, observer);
	await bus.open();
	return bus;
}

/** Keeps what is told of a bus. */
export class BusRecord implements BusObserver {
	readonly counts: Record<string, number> = {};
	/** Whether it is connected, as it was told: with the reasons of the times that it was not. */
	readonly changes: string[] = [];

	published(wakeUps: number): void {
		this.#count('published', wakeUps);
	}
	dropped(reason: string, wakeUps: number): void {
		this.#count(reason, wakeUps);
	}
	received(wakeUps: number): void {
		this.#count('received', wakeUps);
	}
	ignored(reason: string, wakeUps: number): void {
		this.#count(reason, wakeUps);
	}
	connected(isConnected: boolean, reason: string): void {
		this.changes.push(isConnected ? 'connected' : `away: ${reason}`);
	}
	interrupted(): void {
		this.#count('interruptions', 1);
	}

	#count(name: string, by: number): void {
		this.counts[name] = (this.counts[name] ?? 0) + by;
	}
}

/** What a handler has heard, in order. */
export class Heard {
	readonly all: WakeUp[] = [];
	readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

	readonly handler = (wakeUp: WakeUp): void => {
		this.all.push(wakeUp);
		for (const { count, resolve } of this.#waiting) if (this.all.length >= count) resolve();
	};

	/** Resolves when it has heard so many. */
	async reaches(count: number): Promise<void> {
		if (this.all.length >= count) return;
		await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
	}

	/** Those of the heads that it has heard; -1 for anything else. */
	get sequences(): number[] {
		return this.all.map((wakeUp) => (wakeUp.kind === 'head' ? wakeUp.sequence : -1));
	}
}

export const head = (sequence: number): WakeUp => ({ kind: 'head', sequence });
