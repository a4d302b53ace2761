import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeliveriesDocument } from '../generated/graphql.ts';
import type { Client } from '../support/client.ts';
import { skipWithoutNodes, startNodes, type TestNodes } from '../support/nodes.ts';
import { freshPair, outsideHistory, sendOut, untilStatus } from '../support/outbound.ts';
import { ProviderServer } from '../support/provider-server.ts';

const SUITE = 'messages to the outside from two nodes';

describe.skipIf(skipWithoutNodes(SUITE))(SUITE, () => {
	const provider = new ProviderServer();
	let nodes: TestNodes;
	let here: Client;
	let there: Client;

	beforeAll(async () => {
		const url = (await provider.start()).href;
		nodes = await startNodes(2, { SMS_PROVIDER_URL: url });
		const [one, other] = nodes.all;
		if (one === undefined || other === undefined) throw new Error('There are two nodes.');
		here = await one.client('Here', 'AGENT');
		there = await other.client('There', 'AGENT');
	});
	afterAll(async () => {
		await nodes?.stop();
		await provider.stop();
	});

	it('make one conversation of first messages at the same time, and send each once, in order', async () => {
		const pairs = Array.from({ length: 8 }, freshPair);
		const sends = pairs.flatMap((pair) =>
			[here, there, here, there].map((agent, index) => sendOut(agent, { ...pair, body: `Nr. ${index}` })),
		);
		const sent = await Promise.all(sends);
		for (const { to } of pairs) {
			const ofPair = sent.filter(({ delivery }) => delivery?.to === to);
			const [id = '', ...others] = new Set(ofPair.map(({ conversation }) => conversation.id));
			expect(others).toEqual([]);
			for (const message of ofPair) await untilStatus(here, message.id, 'SENT');
			const stored = (await outsideHistory(there, id)).map((message) => message.id);
			const got = provider.requests.map(({ body }) => JSON.parse(body) as { id: string; to: string });
			expect(got.flatMap((message) => (message.to === to ? [message.id] : []))).toEqual(stored);
		}
	});

	it('are followed on the other node with their attempts', async () => {
		const { conversation, id, sequence } = await sendOut(here, freshPair());
		const following = there.subscribe(DeliveriesDocument, { id: conversation.id, after: sequence });
		let status: string | undefined;
		while (status !== 'SENT') {
			const [result] = await following.take(1);
			const event = result?.conversationEvents;
			const message = event !== undefined && 'message' in event ? event.message : undefined;
			expect(message?.id).toBe(id);
			expect(message?.delivery?.attempts).toHaveLength(1);
			status = message?.delivery?.status;
		}
		following.stop();
	});
});
