import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Presence } from '../../src/live/presence.ts';
import type { Roster, RosterListeners, Sighting } from '../../src/live/roster.ts';
import { userOf } from '../support/events.ts';
import { range } from '../support/live.ts';

const TYPING_TTL_MS = 1_000;
const HERE = 'here';

/** A roster that tests write and hold up. */
class FakeRoster implements Roster {
	readonly node = HERE;
	readonly written: { readonly conversationId: string; readonly sighting: Sighting }[] = [];
	listeners: RosterListeners | undefined;
	others: readonly Sighting[] = [];
	isAway = false;
	#gate: Promise<void> | undefined;

	write(conversationId: string, sighting: Sighting): void {
		this.written.push({ conversationId, sighting });
	}

	async read(): Promise<readonly Sighting[]> {
		const { others, isAway } = this;
		await this.#gate;
		if (isAway) throw new Error('The roster is away.');
		return others;
	}

	listen(listeners: RosterListeners): void {
		this.listeners = listeners;
	}

	/** Holds the answers, which are as they were when they were asked for. */
	hold(): () => void {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#gate = promise;
		return () => {
			this.#gate = undefined;
			resolve();
		};
	}
}

let roster: FakeRoster;
let presence: Presence;
let told: string[];
let published: Sighting[];

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	roster = new FakeRoster();
	told = [];
	published = [];
	presence = new Presence(roster, {
		typingTtlMs: TYPING_TTL_MS,
		publish: (_, sighting) => published.push(sighting),
		tell: (_, signal) => told.push(textOf(signal)),
	});
});
afterEach(() => {
	presence.stop();
	vi.useRealTimers();
});

function textOf(signal: {
	kind: string;
	user: { name: string };
	online?: boolean;
	typing?: boolean;
}): string {
	const { kind, user, online, typing } = signal;
	return kind === 'presence'
		? `${user.name} ${online ? 'comes' : 'goes'}`
		: `${user.name} ${typing ? 'types' : 'stops'}`;
}

function there(name: string, online: boolean, typing = 0, node = 'there'): Sighting {
	return { node, user: userOf(name), online, typing };
}

const bob = userOf('bob');

/** Lets what is read arrive. */
async function settle(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

async function compare(): Promise<void> {
	roster.listeners?.compare();
	await settle();
}

describe('who is there', () => {
	it('is told of this node and of the others together, once', async () => {
		await presence.watch('a');
		const leave = presence.enter('a', bob);
		presence.hear('a', there('bob', true));
		presence.hear('a', there('bob', true, 0, 'elsewhere'));
		leave();
		presence.hear('a', there('bob', false));
		expect(told).toEqual(['bob comes']);
		presence.hear('a', there('bob', false, 0, 'elsewhere'));
		expect(told).toEqual(['bob comes', 'bob goes']);
	});

	it('is told first to one who comes later', async () => {
		roster.others = [there('carol', true, 4)];
		presence.enter('a', bob);
		const { view } = await presence.watch('a');
		expect(view.present().map(textOf)).toEqual(['bob comes', 'carol comes', 'carol types']);
	});

	it('is told to nobody where nobody watches', async () => {
		const { stop } = await presence.watch('a');
		stop();
		presence.enter('a', bob);
		presence.hear('a', there('carol', true));
		expect(told).toEqual([]);
	});

	it('is known again to one who watches again', async () => {
		(await presence.watch('a')).stop();
		presence.hear('a', there('carol', true));
		roster.others = [there('dave', true)];
		expect((await presence.watch('a')).view.present().map(textOf)).toEqual(['dave comes']);
	});

	it('is known as it is here alone where the roster is away, and of all when it is back', async () => {
		roster.isAway = true;
		roster.others = [there('carol', true)];
		presence.enter('a', bob);
		const { view } = await presence.watch('a');
		expect(view.present().map(textOf)).toEqual(['bob comes']);
		roster.isAway = false;
		await compare();
		expect(told.slice(-1)).toEqual(['carol comes']);
		roster.listeners?.forget();
		expect(told.slice(-1)).toEqual(['carol goes']);
	});

	it('does not change by what a node says of itself and hears', async () => {
		await presence.watch('a');
		presence.enter('a', bob);
		presence.hear('a', { ...there('bob', false), node: HERE });
		expect(told).toEqual(['bob comes']);
	});
});

describe('a lost word', () => {
	it('is found by comparing with the roster', async () => {
		await presence.watch('a');
		roster.others = [there('carol', true)];
		await compare();
		roster.others = [];
		await compare();
		expect(told).toEqual(['carol comes', 'carol goes']);
	});

	it('is not what was heard while the roster was read', async () => {
		await presence.watch('a');
		presence.hear('a', there('bob', true));
		roster.others = [there('bob', true)];
		const answer = roster.hold();
		roster.listeners?.compare();
		presence.hear('a', there('bob', false));
		presence.hear('a', there('carol', true));
		answer();
		await settle();
		expect(told).toEqual(['bob comes', 'bob goes', 'carol comes']);
	});

	it('of a conversation that nobody watches any more is told to nobody', async () => {
		const { stop } = await presence.watch('a');
		roster.others = [there('carol', true)];
		const answer = roster.hold();
		roster.listeners?.compare();
		stop();
		answer();
		await settle();
		expect(told).toEqual([]);
	});
});

describe('typing', () => {
	it('on another node ends by its own time, and does not come back by a comparison', async () => {
		await presence.watch('a');
		presence.hear('a', there('bob', true, 7));
		vi.advanceTimersByTime(TYPING_TTL_MS);
		expect(told).toEqual(['bob comes', 'bob types', 'bob stops']);
		roster.others = [there('bob', true, 7)];
		await compare();
		expect(told).toHaveLength(3);
		roster.others = [there('bob', true, 8)];
		await compare();
		expect(told.slice(3)).toEqual(['bob types']);
	});

	it('on another node is renewed by the next sign', async () => {
		await presence.watch('a');
		for (const sign of [1, 2, 3]) {
			presence.hear('a', there('bob', false, sign));
			vi.advanceTimersByTime(TYPING_TTL_MS - 1);
		}
		expect(told).toEqual(['bob types']);
		vi.advanceTimersByTime(1);
		expect(told).toEqual(['bob types', 'bob stops']);
	});

	it('ends for one who has left, on whichever node', async () => {
		await presence.watch('a');
		presence.hear('a', there('bob', false, 7));
		presence.setTyping('a', bob, true);
		presence.endTyping('a', 'bob');
		expect(told).toEqual(['bob types', 'bob stops']);
		roster.others = [there('bob', false, 7)];
		await compare();
		expect(told).toHaveLength(2);
	});

	it('goes on while it is said on one of two nodes', async () => {
		await presence.watch('a');
		presence.setTyping('a', bob, true);
		presence.hear('a', there('bob', false, 7));
		presence.setTyping('a', bob, false);
		presence.hear('a', there('bob', false, 0));
		expect(told).toEqual(['bob types', 'bob stops']);
	});

	it('tells the other nodes of each sign, and of the end', () => {
		presence.setTyping('a', bob, true);
		presence.setTyping('a', bob, true);
		presence.setTyping('a', bob, false);
		presence.setTyping('a', bob, false);
		const signs = published.map(({ typing }) => typing);
		expect(new Set(signs).size).toBe(3);
		expect(signs.at(-1)).toBe(0);
		expect(roster.written.map(({ sighting }) => sighting)).toEqual(published);
	});
});

describe('the roster of this node', () => {
	it('is written again when it is lost: who is there then', async () => {
		const leave = presence.enter('a', bob);
		presence.enter('b', bob);
		presence.setTyping('b', bob, true);
		presence.enter('b', userOf('carol'));
		leave();
		roster.written.length = 0;
		await roster.listeners?.rewrite();
		expect(
			roster.written.map(({ conversationId, sighting: { user, online, typing } }) => [
				conversationId,
				user.name,
				online,
				typing > 0,
			]),
		).toEqual([
			['b', 'bob', true, true],
			['b', 'carol', true, false],
		]);
	});

	it('is written again without one who goes and comes meanwhile being lost', async () => {
		vi.useRealTimers();
		const users = range(1, 1_000).map((number) => userOf(`user ${number}`));
		const leaves = users.map((user) => presence.enter('a', user));
		roster.written.length = 0;
		const rewritten = roster.listeners?.rewrite();
		// The last ones are not written in the first turn.
		leaves.at(-1)?.();
		presence.enter('a', userOf('user 1000'));
		await rewritten;
		const last = roster.written.filter(({ sighting }) => sighting.user.name === 'user 1000').at(-1);
		expect(last?.sighting.online).toBe(true);
	});
});
