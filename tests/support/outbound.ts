import { randomUUID } from 'node:crypto';
import {
	type OutsideFieldsFragment,
	OutsideHistoryDocument,
	OutsideMessageDocument,
} from '../generated/graphql.ts';
import { perform } from './chat.ts';
import type { Client } from './client.ts';
import { freshNumber } from './outbound-api.ts';
import { ProviderServer } from './provider-server.ts';
import { startService, type TestService } from './service.ts';
import { postWebhook, WEBHOOK_SECRET } from './webhooks.ts';

export type OutsideMessage = OutsideFieldsFragment;

export interface OutboundService {
	readonly service: TestService;
	/** Carries all channels, and accepts unless it is told otherwise. */
	readonly provider: ProviderServer;
	/** What the provider got, oldest first. */
	sent(): readonly ProviderMessage[];
	/** Somebody outside writes; the answer's status. */
	bring(message: { readonly from: string; readonly to: string; readonly body: string }): Promise<number>;
	/** The provider tells what became of a message; the answer's status. */
	report(data: { readonly id: string; readonly status: string; readonly error?: string }): Promise<number>;
	stop(): Promise<void>;
}

export interface ProviderMessage {
	readonly id: string;
	readonly from: string;
	readonly to: string;
	readonly type: string;
	readonly body: string;
	readonly attachments: readonly string[];
}

/** A service whose provider the test plays. It tries twice, at once. */
export async function startOutbound(env: Record<string, string> = {}): Promise<OutboundService> {
	const provider = new ProviderServer();
	const url = (await provider.start()).href;
	const service = await startService({
		SMS_PROVIDER_URL: url,
		EMAIL_PROVIDER_URL: url,
		PROVIDER_WEBHOOK_SECRET: WEBHOOK_SECRET,
		PROVIDER_BACKOFF_BASE_MS: '1',
		PROVIDER_BACKOFF_MAX_MS: '1',
		PROVIDER_MAX_ATTEMPTS: '2',
		...env,
	});
	return {
		service,
		provider,
		sent: () => provider.requests.map(({ body }) => JSON.parse(body) as ProviderMessage),
		bring: (message) =>
			call(service, 'messages', 'message.received', {
				id: randomUUID(),
				type: message.from.includes('@') ? 'email' : 'sms',
				attachments: [],
				...message,
			}),
		report: (data) => call(service, 'status', 'message.status', data),
		stop: async () => {
			await service.stop();
			await provider.stop();
		},
	};
}

async function call(
	service: TestService,
	path: string,
	type: string,
	data: Readonly<Record<string, unknown>>,
): Promise<number> {
	const payload = { type, data: { timestamp: new Date().toISOString(), ...data } };
	return (await postWebhook(service, `/webhooks/${path}`, payload)).status;
}

/** Two addresses that nobody has written between. */
export function freshPair(): { readonly from: string; readonly to: string } {
	return { from: freshNumber(), to: freshNumber() };
}

/** Sends to the outside, an SMS unless `input` says otherwise. */
export async function sendOut(
	agent: Client,
	input: Readonly<Record<string, unknown>>,
): Promise<OutsideMessage> {
	const whole = { type: 'SMS', body: 'Hello', timestamp: '2025-05-21T18:00:00Z', ...input };
	return (await perform(agent, 'sendOutboundMessage', whole)).message;
}

/** A message that the client must be able to see, as it is now. */
export async function seeMessage(client: Client, id: string): Promise<OutsideMessage> {
	const { node } = await client.query(OutsideMessageDocument, { id });
	if (node === null) throw new Error(`${client.person.name} does not see ${id}.`);
	return node as OutsideMessage;
}

/** The newest messages of a conversation, oldest first. */
export async function outsideHistory(client: Client, id: string): Promise<readonly OutsideMessage[]> {
	const { conversation } = await client.query(OutsideHistoryDocument, { id });
	return conversation?.messages.edges.map(({ node }) => node) ?? [];
}

/** The message once its delivery has this status; the test's time limit is the end of it. */
export async function untilStatus(client: Client, id: string, status: string): Promise<OutsideMessage> {
	for (;;) {
		const message = await seeMessage(client, id);
		if (message.delivery?.status === status) return message;
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}
