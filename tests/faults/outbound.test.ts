import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { MockProviderProcess } from '../support/mock-provider.ts';
import {
	askedOnce,
	type Delivery,
	deliveriesOnce,
	during,
	isOver,
	readDeliveries,
	type Sent,
	type Stage,
	sendOutside,
	setStage,
} from './outbound.ts';

const CONTACTS = 100;
const EACH = 10;
const POLL_MS = 100;
/** Requests at the provider, after each of which a node is killed. */
const KILLS = [150, 450, 900];
/** Longer than other tests: alone it takes a tenth, most of it for nodes that start. */
const PATIENCE_MS = 400_000;

test(
	'a thousand messages through a provider that refuses, fails and resets, while nodes are killed: none is lost, none accepted twice, all in order',
	async () => {
		const stage = await setStage({
			nodes: 2,
			service: {
				PROVIDER_TIMEOUT_MS: '1000',
				PROVIDER_BACKOFF_BASE_MS: '5',
				PROVIDER_BACKOFF_MAX_MS: '200',
			},
			provider: {
				MOCK_PROVIDER_RATE_429: '30',
				MOCK_PROVIDER_RATE_500: '10',
				MOCK_PROVIDER_RATE_RESET: '5',
				MOCK_PROVIDER_CALLBACK_DELAY_MS: '50',
			},
		});
		const sending = Array.from({ length: CONTACTS }, (_, contact) =>
			sendTo(stage, `+1555${String(contact).padStart(3, '0')}1234`),
		);
		await during(sending, async () => {
			for (const [index, asked] of KILLS.entries()) {
				await askedOnce(stage.provider, (requests) => requests.length >= asked);
				const node = stage.nodes[index % stage.nodes.length];
				await node?.kill();
				await node?.start();
			}
		});
		const sent = (await Promise.all(sending)).flat();
		expect(sent).toHaveLength(CONTACTS * EACH);
		const deliveries = await settled(stage, sent);

		const requests = stage.provider.requests();
		const accepted = requests.filter(({ outcome }) => outcome === 'accepted').map(({ message }) => message);
		expect(new Set(accepted.map(({ id }) => id)).size).toBe(accepted.length);
		for (const [to, messages] of Map.groupBy(accepted, (message) => message.to)) {
			const bodies = messages.map(({ body }) => body);
			expect(bodies, to).toEqual(bodies.toSorted());
			expect(new Set(bodies).size, to).toBe(bodies.length);
		}

		const acceptedBodies = new Set(accepted.map(({ body }) => body));
		const told = toldOf(stage.provider);
		const askedFor = Map.groupBy(requests, ({ message }) => message.body);
		for (const { body } of sent) {
			const { status, attempts } = deliveries.get(body) ?? { status: 'lost', attempts: [] };
			// A provider's word counts, also where its answer was lost.
			if (told.has(body)) expect(status, body).toBe('DELIVERED');
			else if (acceptedBodies.has(body)) expect(['SENT', 'UNKNOWN'], body).toContain(status);
			else expect(['DEAD', 'UNKNOWN'], body).toContain(status);
			expect(attempts.length, body).toBeGreaterThanOrEqual(askedFor.get(body)?.length ?? 0);
		}
		expect(accepted.length).toBeGreaterThan(sent.length / 2);
		expect(requests.filter(({ outcome }) => outcome === 'refused').length).toBeGreaterThan(200);
	},
	PATIENCE_MS,
);

/** One message after the other; their bodies sort as they were sent. */
async function sendTo(stage: Stage, to: string): Promise<readonly Sent[]> {
	const sent: Sent[] = [];
	for (let number = 0; number < EACH; number++) sent.push(await sendOutside(stage, to, `${to} ${number}`));
	expect(new Set(sent.map(({ conversationId }) => conversationId)).size).toBe(1);
	return sent;
}

/** How all of them fare, once no provider is to be asked any more and the provider has called back. */
async function settled(stage: Stage, sent: readonly Sent[]): Promise<ReadonlyMap<string, Delivery>> {
	const conversations = new Set(sent.map(({ conversationId }) => conversationId));
	for (const id of conversations) await deliveriesOnce(stage, id, isOver);
	await calledBack(stage.provider);
	const all = new Map<string, Delivery>();
	for (const id of conversations)
		for (const [body, delivery] of await readDeliveries(stage, id)) all.set(body, delivery);
	return all;
}

/** Answers when no callback of an accepted message is to come: each has two. */
async function calledBack(provider: MockProviderProcess): Promise<void> {
	for (;;) {
		const entries = provider.entries();
		const accepted = entries.filter((entry) => entry.kind === 'request' && entry.outcome === 'accepted');
		const ended = entries.filter((entry) => entry.kind === 'callback');
		if (ended.length === 2 * accepted.length) return;
		await delay(POLL_MS);
	}
}

/** The bodies of the messages whose last callback the service took. */
function toldOf(provider: MockProviderProcess): ReadonlySet<string> {
	const bodies = new Map(provider.requests().map(({ message: { id, body } }) => [id, body]));
	return new Set(
		provider.entries().flatMap((entry) => {
			if (entry.kind !== 'callback' || entry.status === null || entry.status >= 300) return [];
			const { id, ['status']: status } = entry.payload.data;
			return status === 'delivered' ? [bodies.get(id) ?? ''] : [];
		}),
	);
}
