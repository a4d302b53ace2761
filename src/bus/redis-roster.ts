import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import type { RedisConfig } from '../config.ts';
import type { Roster, RosterListeners, Sighting } from '../live/roster.ts';
import { CLOSE_MS, type Scope } from './redis.ts';
import { sightingModel } from './wire.ts';

/** How long a conversation's entries are kept when nobody writes them again. */
const ENTRIES_TTL_MS = 3_600_000;

/**
 * The roster in Redis: a hash for each conversation, whose fields are a node's users, and a key for each node, which
 * expires unless the node renews it. Only the entries of a node that has its key count, so a node that dies takes all
 * of its own with it, and nobody's clock matters. A node whose entries may be lost or old comes back under another
 * life: the entries of the earlier one are gone at once, whatever became of them.
 */
export class RedisRoster implements Roster {
	readonly node: string;
	readonly #config: RedisConfig;
	readonly #keys: Redis | Cluster;
	readonly #scope: Scope;
	#listeners: RosterListeners = { rewrite: async () => {}, compare: () => {}, forget: () => {} };
	#beat: NodeJS.Timeout | undefined;
	#renewing: Promise<void> | undefined;
	#life = 0;
	/** The database and its log, in the names of all keys. */
	#prefix = '';
	/** Something was not written. */
	#isLost = true;
	#writtenAt = 0;
	#renewedAt = performance.now();
	#dirty = new Map<string, Map<string, Sighting>>();
	/** Whether a node has its key, as it was asked since the last beat. */
	#alive = new Map<string, Promise<boolean>>();
	#isClosed = false;

	constructor(config: RedisConfig, keys: Redis | Cluster, scope: Scope, node: string) {
		this.node = node;
		this.#config = config;
		this.#keys = keys;
		this.#scope = scope;
	}

	listen(listeners: RosterListeners): void {
		this.#listeners = listeners;
	}

	/** Begins to renew the node's key; the connection is made by then, or is made later. */
	async open(): Promise<void> {
		this.#keys.on('ready', () => void this.#renew());
		this.#beat = setInterval(() => void this.#renew(), this.#config.presenceTtlMs / 3).unref();
		await this.#renew();
	}

	write(conversationId: string, sighting: Sighting): void {
		if (this.#dirty.size === 0) void setImmediate().then(() => this.#flush());
		const users = this.#dirty.get(conversationId) ?? new Map<string, Sighting>();
		this.#dirty.set(conversationId, users.set(sighting.user.id, sighting));
	}

	async read(conversationId: string): Promise<readonly Sighting[]> {
		const prefix = this.#prefix;
		const fields = await this.#keys.hgetall(entriesKey(prefix, conversationId));
		const sightings: Sighting[] = [];
		const dead: string[] = [];
		for (const [field, text] of Object.entries(fields)) {
			const [life = ''] = field.split(' ');
			if (life.startsWith(`${this.node}.`)) continue;
			// What a node of another version wrote is not understood, and its own to take off.
			const sighting = parse(text);
			if (!(await this.#isAlive(prefix, life))) dead.push(field);
			else if (sighting !== undefined) sightings.push(sighting);
		}
		if (dead.length > 0) this.#keys.hdel(entriesKey(prefix, conversationId), ...dead).catch(() => undefined);
		return sightings;
	}

	/** Takes all of this node's entries with it. */
	async close(): Promise<void> {
		if (this.#isClosed) return;
		this.#isClosed = true;
		clearInterval(this.#beat);
		if (this.#keys.status !== 'ready') return;
		const gone = this.#keys.del(this.#lifeKey(this.#life)).catch(() => undefined);
		await Promise.race([gone, delay(CLOSE_MS, undefined, { ref: false })]);
	}

	#lifeKey(life: number): string {
		return nodeKey(this.#prefix, `${this.node}.${life}`);
	}

	#isAlive(prefix: string, life: string): Promise<boolean> {
		const known = this.#alive.get(life);
		if (known !== undefined) return known;
		const asked = this.#keys.exists(nodeKey(prefix, life)).then((count) => count === 1);
		this.#alive.set(life, asked);
		return asked;
	}

	#renew(): Promise<void> {
		this.#renewing ??= this.#renewOnce().finally(() => {
			this.#renewing = undefined;
		});
		return this.#renewing;
	}

	async #renewOnce(): Promise<void> {
		if (this.#isClosed) return;
		const { presenceTtlMs, prefix } = this.#config;
		this.#alive = new Map();
		try {
			const now = performance.now();
			const named = `${prefix}:${this.#scope.database}:${this.#scope.epoch()}`;
			const isKept =
				!this.#isLost &&
				named === this.#prefix &&
				(await this.#keys.pexpire(this.#lifeKey(this.#life), presenceTtlMs)) === 1;
			if (!isKept) await this.#beginAgain(named);
			else if (now - this.#writtenAt > ENTRIES_TTL_MS / 3) await this.#writeAll();
			this.#renewedAt = now;
			this.#listeners.compare();
		} catch {
			this.#isLost = true;
			if (performance.now() - this.#renewedAt > presenceTtlMs) this.#listeners.forget();
		}
	}

	/** The entries of the new life are there before those of the earlier one go: nobody is seen to leave. */
	async #beginAgain(prefix: string): Promise<void> {
		const before = this.#prefix === '' ? undefined : this.#lifeKey(this.#life);
		this.#prefix = prefix;
		this.#life++;
		this.#isLost = false;
		await this.#keys.set(this.#lifeKey(this.#life), '1', 'PX', this.#config.presenceTtlMs);
		await this.#writeAll();
		if (before !== undefined) await this.#keys.del(before);
	}

	async #writeAll(): Promise<void> {
		this.#writtenAt = performance.now();
		await this.#listeners.rewrite();
		// What was written last is on its way only then.
		await setImmediate();
	}

	#flush(): void {
		const dirty = this.#dirty;
		this.#dirty = new Map();
		if (this.#isClosed) return;
		if (this.#keys.status !== 'ready' || this.#prefix === '') {
			this.#isLost = true;
			return;
		}
		for (const [conversationId, users] of dirty) this.#writeEntries(conversationId, users.values());
	}

	#writeEntries(conversationId: string, sightings: Iterable<Sighting>): void {
		const key = entriesKey(this.#prefix, conversationId);
		const set: string[] = [];
		const gone: string[] = [];
		for (const sighting of sightings) {
			const field = `${this.node}.${this.#life} ${sighting.user.id}`;
			if (sighting.online || sighting.typing > 0) set.push(field, JSON.stringify(sighting));
			else gone.push(field);
		}
		const commands = this.#keys.pipeline();
		if (set.length > 0) commands.hset(key, ...set).pexpire(key, ENTRIES_TTL_MS);
		if (gone.length > 0) commands.hdel(key, ...gone);
		commands.exec().then(
			(answers) => {
				if (answers?.some(([error]) => error !== null)) this.#isLost = true;
			},
			() => {
				this.#isLost = true;
			},
		);
	}
}

function nodeKey(prefix: string, life: string): string {
	return `${prefix}:node:${life}`;
}

function entriesKey(prefix: string, conversationId: string): string {
	return `${prefix}:present:${conversationId}`;
}

function parse(text: string): Sighting | undefined {
	try {
		return sightingModel.safeParse(JSON.parse(text)).data;
	} catch {
		return undefined;
	}
}
