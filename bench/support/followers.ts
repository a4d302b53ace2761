import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Follower } from './follower.ts';
import type { ProtocolName } from './protocols.ts';
import { createSender, type Sender } from './requests.ts';
import { percentile } from './statistics.ts';

/** Who sends, to each of the URLs in turn. */
export interface SendsTo {
	/** Of GraphQL endpoints: several where several nodes serve one database. WebSockets are on the same path. */
	readonly urls: readonly string[];
	readonly token: string;
	readonly conversationId: string;
}

export interface FollowTask extends SendsTo {
	readonly kind: 'follow';
	/** Followers of one server, whom the other tasks name by it. Those of a group that is there already stay. */
	readonly group: string;
	readonly protocol: ProtocolName;
	readonly followers: number;
	/** Of the followers, taken in turn. */
	readonly tokens: readonly string[];
	/** Each sends a document of its own. */
	readonly distinctDocuments?: boolean;
	/** Each begins at another one of so many last sequences of a log that ends at `head`. */
	readonly resume?: { readonly head: number; readonly within: number };
}

export interface TrafficTask extends SendsTo {
	readonly kind: 'traffic';
	readonly group: string;
	/** Each sends `atOnce` events at once, as soon as every follower has those that it sent before. */
	readonly senders: number;
	readonly atOnce: number;
	/** In place of that: one is sent so often a second, whether the others have arrived or not. */
	readonly perSecond?: number;
	/** No event is sent later than this, nor more than `events`. */
	readonly seconds: number;
	readonly events?: number;
	/** Makes the sends' keys differ from those of other traffic. */
	readonly tag: string;
}

export interface UnfollowTask {
	readonly kind: 'unfollow';
	readonly group: string;
}

/** All of it reached every follower, each event once. */
export interface Delivered {
	readonly events: number;
	readonly followers: number;
	readonly seconds: number;
	/** Milliseconds from an event's own time to its receipt, of the followers that decode. */
	readonly p50: number;
	readonly p99: number;
	/** Share of one core that the load itself took, percent. */
	readonly loadCpu: number;
}

const HANDSHAKES_AT_A_TIME = 50;
/** So many of a group's followers read what they are sent. */
const DECODING = 20;
const DELIVERY_TIMEOUT_MS = 30_000;
const BARRIER_TIMEOUT_MS = 5_000;
const BARRIER_ATTEMPTS = 5;
const QUIET_MS = 100;

/** The followers of one server, and how far they all are. */
class Group {
	readonly followers: Follower[] = [];
	readonly lags: number[] = [];
	#arrivals = 0;
	/** How many followers have 1, 2, 3 … events. */
	#reached: number[] = [];
	/** Who wait until every follower has so many. */
	readonly #awaited = new Map<number, PromiseWithResolvers<void>>();

	async add(task: FollowTask): Promise<void> {
		const { urls, tokens, followers: count, resume } = task;
		const every = Math.max(1, Math.floor(count / DECODING));
		const open = (index: number): Promise<Follower> =>
			Follower.open({
				url: urls[index % urls.length] ?? '',
				protocol: task.protocol,
				token: tokens[index % tokens.length] ?? '',
				conversationId: task.conversationId,
				after: resume === undefined ? undefined : resume.head - (index % resume.within),
				document: task.distinctDocuments ? index : undefined,
				decodes: index % every === 0,
				onReceived: (received) => this.#note(received),
				onLag: (lag) => this.lags.push(lag),
				onFault: () => this.#rejectAll(),
			});
		for (let index = 0; index < count; index += HANDSHAKES_AT_A_TIME) {
			const some = Array.from({ length: Math.min(HANDSHAKES_AT_A_TIME, count - index) }, (_, n) =>
				open(index + n),
			);
			this.followers.push(...(await Promise.all(some)));
		}
		if (resume === undefined) return;
		await this.quiet();
		const late = this.followers.findIndex(({ received }, index) => received !== index % resume.within);
		if (late >= 0)
			throw new Error(
				`One who resumed was given ${this.followers[late]?.received} events, not ${late % resume.within}.`,
			);
	}

	/** Counts from here. */
	reset(): void {
		this.#reached = [];
		this.lags.length = 0;
		for (const follower of this.followers) follower.received = 0;
	}

	/** Settles when every follower has so many events since the last reset; each number is waited for once. */
	async everyoneHas(count: number, timeoutMs: number): Promise<void> {
		if (this.#reached[count] === this.followers.length) return;
		const settled = Promise.withResolvers<void>();
		this.#awaited.set(count, settled);
		const timer = setTimeout(() => this.#rejectAll(), timeoutMs);
		if (this.followers.some(({ fault }) => fault !== undefined)) this.#rejectAll();
		try {
			await settled.promise;
		} finally {
			clearTimeout(timer);
			this.#awaited.delete(count);
		}
	}

	/** Settles when nothing has arrived for a while. */
	async quiet(): Promise<void> {
		for (let before = -1; before !== this.#arrivals; ) {
			before = this.#arrivals;
			await delay(QUIET_MS);
		}
	}

	/** @throws when a follower has not exactly so many. */
	check(events: number): void {
		const wrong = this.followers.filter(({ received }) => received !== events);
		if (wrong.length > 0)
			throw new Error(`${wrong.length} followers have not ${events} events, one has ${wrong[0]?.received}.`);
	}

	async close(): Promise<void> {
		await Promise.all(this.followers.splice(0).map((follower) => follower.close()));
	}

	#note(received: number): void {
		this.#arrivals += 1;
		const reached = (this.#reached[received] ?? 0) + 1;
		this.#reached[received] = reached;
		if (reached === this.followers.length) this.#awaited.get(received)?.resolve();
	}

	#rejectAll(): void {
		for (const [count, { reject }] of this.#awaited) reject(new Error(this.#lacking(count)));
	}

	#lacking(count: number): string {
		const behind = this.followers.filter(({ received, fault }) => received < count || fault !== undefined);
		const complaint = behind.find((follower) => follower.complaint)?.complaint ?? 'nothing wrong was said';
		return `${behind.length} of ${this.followers.length} followers lack event ${count}; ${complaint}`;
	}
}

const groups = new Map<string, Group>();

/**
 * Opens the followers' sockets, and sends until all of them have something: subscriptions are not acknowledged. Those
 * who resume are counted.
 */
export async function follow(task: FollowTask): Promise<void> {
	const group = groups.get(task.group) ?? new Group();
	groups.set(task.group, group);
	await group.add(task);
	const sender = createSender(task, new Agent({ keepAlive: false }));
	for (let attempt = 1; ; attempt += 1) {
		group.reset();
		await sender.send(`barrier-${crypto.randomUUID()}`);
		const failure = await group.everyoneHas(1, BARRIER_TIMEOUT_MS).then(
			() => undefined,
			(error: unknown) => error,
		);
		if (failure === undefined) break;
		if (attempt === BARRIER_ATTEMPTS) throw failure;
	}
	await group.quiet();
}

/** Closes the group's sockets and waits until they are. */
export async function unfollow({ group }: UnfollowTask): Promise<void> {
	await groups.get(group)?.close();
	groups.delete(group);
}

/** Sends, and waits until everything has arrived. Throws when an event is missing, doubled, out of order or very late. */
export async function traffic(task: TrafficTask): Promise<Delivered> {
	const group = groups.get(task.group);
	if (group === undefined) throw new Error(`Nobody is in group ${task.group}.`);
	group.reset();
	const agent = new Agent({ keepAlive: true });
	const sender = createSender(task, agent);
	const cpuBefore = process.cpuUsage();
	const startedAt = performance.now();
	const events = await (task.perSecond === undefined
		? bursts(task, group, sender)
		: steady(task, group, sender));
	const seconds = (performance.now() - startedAt) / 1000;
	const { user, system } = process.cpuUsage(cpuBefore);
	agent.destroy();
	await group.quiet();
	group.check(events);
	return {
		events,
		followers: group.followers.length,
		seconds,
		p50: percentile(group.lags, 0.5),
		p99: percentile(group.lags, 0.99),
		loadCpu: ((user + system) / 1e6 / seconds) * 100,
	};
}

async function bursts(task: TrafficTask, group: Group, sender: Sender): Promise<number> {
	const { senders, atOnce, seconds, events = Number.POSITIVE_INFINITY, tag } = task;
	const deadline = performance.now() + seconds * 1000;
	let sent = 0;
	const work = async (): Promise<void> => {
		while (sent < events && performance.now() < deadline) {
			const keys = Array.from({ length: Math.min(atOnce, events - sent) }, (_, n) => `${tag}-${sent + n}`);
			sent += keys.length;
			const arrived = group.everyoneHas(sent, DELIVERY_TIMEOUT_MS);
			await Promise.all([...keys.map(sender.send), arrived]);
		}
	};
	await Promise.all(Array.from({ length: senders }, work));
	return sent;
}

async function steady({ perSecond = 1, seconds, tag }: TrafficTask, group: Group, sender: Sender) {
	const events = Math.ceil(perSecond * seconds);
	const startedAt = performance.now();
	const sending: Promise<void>[] = [];
	for (let sent = 0; sent < events; sent += 1) {
		await delay(Math.max(0, startedAt + (sent * 1000) / perSecond - performance.now()));
		sending.push(sender.send(`${tag}-${sent}`));
	}
	await Promise.all([...sending, group.everyoneHas(events, DELIVERY_TIMEOUT_MS)]);
	return events;
}
