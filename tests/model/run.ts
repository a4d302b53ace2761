import { expect } from 'vitest';
import { Client } from '../support/client.ts';
import type { TestService } from '../support/service.ts';
import { ask, create, show } from './api.ts';
import { type Done, explain } from './explain.ts';
import {
	type Action,
	AUDITOR,
	CUSTOMERS,
	createConversation,
	isAgent,
	type ModelConversation,
	mayRead,
	maySee,
	stateOf,
	USERS,
	type UserName,
	unreadCount,
} from './model.ts';
import type { Scenario, Step } from './scenario.ts';
import { checkEvent, checkStream, Stream } from './stream.ts';

const BURSTS_PER_CHECK = 6;

interface Conversation {
	model: ModelConversation;
	/** Follows from the beginning: what the log is. */
	readonly audit: Stream;
	/** What was done in the present burst. */
	done: Done[];
}

/** Plays a scenario against the nodes of a service and compares everything that they say with the model. */
export class Run {
	readonly #nodes: readonly TestService[];
	/** Of each user, one for each node. */
	readonly #clients = new Map<UserName, readonly Client[]>();
	readonly #ids = new Map<UserName, string>();
	readonly #conversations: Conversation[] = [];
	readonly #streams: Stream[] = [];
	#bodies = 0;

	constructor(...nodes: readonly TestService[]) {
		this.#nodes = nodes;
	}

	async play(scenario: Scenario): Promise<void> {
		try {
			await this.#play(scenario);
		} finally {
			await Promise.all([...this.#clients.values()].flat().map((client) => client.close()));
		}
	}

	async #play(scenario: Scenario): Promise<void> {
		for (const user of [...USERS, AUDITOR] as const) await this.#meet(user);
		await this.#create(scenario.creator, scenario.isOpen, CUSTOMERS);
		for (const [index, burst] of scenario.bursts.entries()) {
			const heads = new Map(this.#conversations.map((one) => [one, one.model.log.length]));
			await Promise.all(burst.map((step) => this.#take(step, heads)));
			await this.#settle();
			if (index % BURSTS_PER_CHECK === BURSTS_PER_CHECK - 1) await this.#checkShown();
		}
		await this.#finish();
	}

	async #meet(user: UserName): Promise<void> {
		const person = await this.#nodes[0]?.person(user, isAgent(user) ? 'AGENT' : 'CUSTOMER');
		if (person === undefined) throw new Error('There is no node.');
		const clients = this.#nodes.map(({ url }) => new Client(url, person));
		this.#clients.set(user, clients);
		const { viewer } = await this.#client(user).query<{ readonly viewer: { readonly id: string } }>(
			'{ viewer { id } }',
		);
		this.#ids.set(user, viewer.id);
	}

	/** At one of the nodes: the number is taken modulo theirs. */
	#client(user: UserName, node = 0): Client {
		const client = this.#clients.get(user)?.[node % this.#nodes.length];
		if (client === undefined) throw new Error(`Nobody knows ${user}.`);
		return client;
	}

	async #create(user: UserName, isOpen: boolean, members: readonly UserName[], node?: number): Promise<void> {
		const others = members.filter((member) => member !== user);
		const memberIds = others.map((member) => this.#ids.get(member) ?? '');
		const id = await create(this.#client(user, node), isOpen, memberIds);
		const place = { user: AUDITOR, conversationId: id, after: 0, asksForViewer: false, head: 0 } as const;
		const audit = new Stream(this.#client(AUDITOR), place);
		const model = createConversation(id, user, isOpen, others);
		this.#conversations.push({ model, audit, done: [] });
	}

	async #take(step: Step, heads: ReadonlyMap<Conversation, number>): Promise<void> {
		if (step.kind === 'create') return this.#create(step.user, step.isOpen, step.members, step.node);
		if (step.kind === 'disconnect') {
			for (const stream of this.#streams) if (stream.user === step.user) stream.cut();
			await Promise.all(this.#clients.get(step.user)?.map((client) => client.close()) ?? []);
			return;
		}
		const known = [...heads.keys()];
		const conversation = known[step.conversation % known.length] as Conversation;
		const head = heads.get(conversation) ?? 0;
		if (step.kind === 'subscribe') {
			const after = step.part === undefined ? undefined : Math.round(step.part * head);
			const { user, node, asksForViewer } = step;
			const place = { user, conversationId: conversation.model.id, after, asksForViewer, head };
			this.#streams.push(new Stream(this.#client(user, node), place));
			return;
		}
		const action = this.#actionOf(step, conversation.model, head);
		if (action === undefined) return;
		const times = step.kind === 'send' && step.twice && step.key !== undefined ? 2 : 1;
		await Promise.all(
			Array.from({ length: times }, async () => {
				const answer = await ask(
					this.#client(step.user, step.node),
					action,
					conversation.model.id,
					this.#ids,
				);
				conversation.done.push({ action, answer });
			}),
		);
	}

	/** Undefined where there is nothing to do it to. */
	#actionOf(
		step: Exclude<Step, { kind: 'create' | 'subscribe' | 'disconnect' }>,
		{ messages }: ModelConversation,
		head: number,
	): Action | undefined {
		const { user } = step;
		const known = [...messages.values()];
		const pick = (index: number) => known[index % known.length]?.id;
		switch (step.kind) {
			case 'join':
			case 'leave':
				return { kind: step.kind, user };
			case 'add':
			case 'remove':
				return { kind: step.kind, user, target: step.target };
			case 'markRead':
				return { kind: 'markRead', user, sequence: Math.round(step.part * head) };
			case 'resend':
				return known.findLast(({ author, sent }) => author === user && sent.key !== undefined)?.sent;
			case 'send': {
				const { key, internal } = step;
				const replyTo = step.replyTo === undefined ? undefined : pick(step.replyTo);
				return {
					kind: 'send',
					user,
					body: this.#bodyOf(step.body),
					...(key !== undefined && { key }),
					...(replyTo !== undefined && { replyTo }),
					...(internal !== undefined && { internal }),
				};
			}
			case 'edit':
			case 'delete': {
				const message = pick(step.message);
				if (message === undefined) return undefined;
				return step.kind === 'edit'
					? { kind: 'edit', user, message, body: step.body }
					: { kind: 'delete', user, message };
			}
		}
	}

	/** Every message says something of its own, so that one cannot pass for another. */
	#bodyOf(text: string): string {
		this.#bodies++;
		return `${text} ${this.#bodies}`;
	}

	/** After a burst: finds what was done in what the log says, and where the new streams have begun. */
	async #settle(): Promise<void> {
		for (const conversation of this.#conversations) {
			const { model } = conversation;
			const auditor = this.#client(AUDITOR);
			const { lastSequence } = (await show(auditor, model.id, false)) ?? { lastSequence: -1 };
			const { audit } = conversation;
			await audit.until(() => audit.events.length >= lastSequence, `the log up to ${lastSequence}`);
			conversation.model = explain(conversation.model, audit.events, conversation.done);
			conversation.done = [];
			expect(audit.events.map(({ sequence }) => sequence)).toEqual(
				Array.from({ length: lastSequence }, (_, index) => index + 1),
			);
			for (const stream of this.#streamsOf(model.id)) await this.#settleStream(stream, conversation.model);
		}
	}

	#streamsOf(id: string): readonly Stream[] {
		return this.#streams.filter(({ conversationId }) => conversationId === id);
	}

	/** A stream that has something to bring whenever its access was checked has begun once it brings it. */
	async #settleStream(stream: Stream, { log }: ModelConversation): Promise<void> {
		if (stream.latest !== undefined) return;
		const { after, user, earliest } = stream;
		const isDue =
			after !== undefined &&
			log.some((event) => event.sequence > after && event.sequence <= earliest && maySee(user, event));
		if (isDue) await stream.until(() => stream.hasBegun, 'the beginning of a stream');
		if (stream.hasBegun) stream.latest = log.length;
	}

	/** What every user is shown of every conversation: members, history, unread messages, recounted. */
	async #checkShown(): Promise<void> {
		for (const { model } of this.#conversations)
			for (const user of USERS) {
				const shown = await show(this.#client(user), model.id, mayRead(model, user));
				const member = model.members.get(user);
				if (!mayRead(model, user) && !model.isOpen) {
					expect(shown).toBeNull();
					continue;
				}
				const context = `${user} after ${model.log.length} events`;
				expect(shown?.lastSequence, context).toBe(model.log.length);
				expect(shown?.unreadCount, `unread of ${context}`).toBe(unreadCount(model, user));
				expect(shown?.viewerMembership ?? undefined, context).toEqual(
					member?.present ? { lastReadSequence: member.marker } : undefined,
				);
				if (!mayRead(model, user)) continue;
				const members = shown?.members?.edges.map(({ node }) => node.user.name).sort();
				const present = [...model.members].filter(([, { present }]) => present).map(([name]) => name);
				expect(members, context).toEqual(present.sort());
				const visible = [...model.messages.values()].filter((message) => maySee(user, message));
				expect(
					shown?.messages?.edges.map(({ node }) => node),
					context,
				).toEqual(visible.slice(-100).map((message) => ({ id: message.id, body: stateOf(message).body })));
			}
	}

	/** A last message that all who still follow get: whoever has it has got everything. */
	async #finish(): Promise<void> {
		for (const conversation of this.#conversations) {
			const last: Action = { kind: 'send', user: AUDITOR, body: 'the end' };
			const answer = await ask(this.#client(AUDITOR), last, conversation.model.id, this.#ids);
			conversation.done.push({ action: last, answer });
		}
		await this.#settle();
		await this.#checkShown();
		for (const { model, audit } of this.#conversations) {
			const head = model.log.length;
			const place = { user: AUDITOR, conversationId: model.id, after: 0, asksForViewer: true, head };
			const again = new Stream(this.#client(AUDITOR), { ...place, user: AUDITOR });
			for (const stream of [...this.#streamsOf(model.id), again, audit]) {
				// One from now on may begin only now, after the end.
				const canMiss = stream.after === undefined && stream.latest === undefined;
				if (!canMiss)
					await stream.until(
						() => stream.end !== 'open' || stream.events.at(-1)?.sequence === head,
						`the end at ${head}`,
					);
				checkStream(model, stream);
			}
			expect(again.events.map(({ sequence }) => sequence)).toEqual(
				audit.events.map(({ sequence }) => sequence),
			);
			for (const event of again.events) checkEvent(model, event);
		}
	}
}
