import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { Client, type Person } from '../support/client.ts';
import type { TestDatabase } from '../support/databases.ts';
import { freePort } from '../support/free-port.ts';
import { type MockProviderProcess, startMockProvider } from '../support/mock-provider.ts';
import { makeDataDirectory, personFor, type ServiceProcess, startProcess } from '../support/process.ts';
import { DATABASE_KIND, databaseForService } from '../support/service.ts';

const WEBHOOK_SECRET = `whsec_${Buffer.from('a secret for callbacks, 32 bytes').toString('base64')}`;
const OWN_NUMBER = '+11234567890';
const RETRY_MS = 20;
const POLL_MS = 50;
const POOL = '5';

/** A node of the service, which keeps its port when it is started again. */
export interface Node {
	readonly url: string;
	readonly process: ServiceProcess;
	/** SIGKILL. */
	kill(): Promise<void>;
	start(env?: Readonly<Record<string, string>>): Promise<void>;
}

/** Nodes on one database, and the provider that they send through: each a process of its own. */
export interface Stage {
	readonly nodes: readonly Node[];
	readonly provider: MockProviderProcess;
	readonly database: TestDatabase;
	readonly agent: Person;
	/** Any node's. */
	readonly url: () => string;
}

export interface StageOptions {
	/** On SQLite there is one, whatever is asked for. */
	readonly nodes?: number;
	readonly service?: Readonly<Record<string, string>>;
	readonly provider?: Readonly<Record<string, string>>;
}

/** Everything of it ends with the test. The provider calls the first node back. */
export async function setStage({ nodes: count = 1, service, provider: given }: StageOptions): Promise<Stage> {
	const directory = await makeDataDirectory();
	onTestFinished(directory.remove);
	const database = await databaseForService();
	onTestFinished(database.drop);
	const ports = await Promise.all(Array.from({ length: DATABASE_KIND === 'sqlite' ? 1 : count }, freePort));
	const provider = await startMockProvider({
		MOCK_PROVIDER_CALLBACK_URL: `http://127.0.0.1:${ports[0]}`,
		PROVIDER_WEBHOOK_SECRET: WEBHOOK_SECRET,
		...given,
	});
	onTestFinished(provider.remove);
	const env = {
		DATABASE_URL: database.url,
		DATABASE_POOL_MAX: POOL,
		SMS_PROVIDER_URL: provider.url,
		PROVIDER_WEBHOOK_SECRET: WEBHOOK_SECRET,
		...service,
	};
	const nodes = ports.map((port) =>
		createNode((changes) => startProcess(directory, { ...env, PORT: String(port), ...changes }), port),
	);
	onTestFinished(async () => void (await Promise.all(nodes.map((node) => node.kill()))));
	for (const node of nodes) await node.start();
	const url = () => nodes[Math.floor(Math.random() * nodes.length)]?.url ?? '';
	return { nodes, provider, database, agent: await personFor('agent', 'AGENT'), url };
}

function createNode(
	start: (env: Readonly<Record<string, string>>) => Promise<ServiceProcess>,
	port: number,
): Node {
	let running: ServiceProcess | undefined;
	return {
		url: `http://127.0.0.1:${port}`,
		get process() {
			if (running === undefined) throw new Error('The node was never started.');
			return running;
		},
		kill: async () => void (await running?.kill('SIGKILL')),
		start: async (env = {}) => {
			running = await start(env);
		},
	};
}

/** A message that the service acknowledged. */
export interface Sent {
	readonly to: string;
	readonly body: string;
	readonly id: string;
	readonly conversationId: string;
}

const SEND = `mutation Send($input: SendOutboundMessageInput!) {
	sendOutboundMessage(input: $input) {
		__typename
		... on SendOutboundMessagePayload { message { id conversation { id } } }
		... on Error { code }
	}
}`;

interface SendAnswer {
	readonly sendOutboundMessage: {
		readonly message?: { readonly id: string; readonly conversation: { readonly id: string } };
		readonly code?: string;
	};
}

/** Sends until it is acknowledged, whatever breaks meanwhile. The body is the key. */
export async function sendOutside(
	{ url, agent }: Pick<Stage, 'url' | 'agent'>,
	to: string,
	body: string,
): Promise<Sent> {
	const input = { from: OWN_NUMBER, to, type: 'SMS', body, clientMessageId: body };
	for (;;) {
		const answer = await new Client(url(), agent)
			.ask<SendAnswer | null>(SEND, { input })
			.catch(() => undefined);
		const result = answer?.data?.sendOutboundMessage;
		if (result?.message !== undefined)
			return { to, body, id: result.message.id, conversationId: result.message.conversation.id };
		const code = result?.code ?? answer?.errors?.[0]?.extensions['code'];
		if (answer !== undefined && code !== 'SERVICE_BUSY')
			throw new Error(`A send was answered with ${JSON.stringify(answer)}`);
		await delay(RETRY_MS);
	}
}

export interface Delivery {
	readonly status: string;
	readonly attempts: readonly {
		readonly number: number;
		readonly outcome: string;
		readonly httpStatus: number | null;
	}[];
}

const DELIVERIES = `query Deliveries($id: ID!) {
	conversation(id: $id) {
		messages(first: 20) {
			edges { node { body delivery { status attempts { number outcome httpStatus } } } }
		}
	}
}`;

interface DeliveriesAnswer {
	readonly conversation: {
		readonly messages: {
			readonly edges: readonly { readonly node: { readonly body: string; readonly delivery: Delivery } }[];
		};
	};
}

/** How the messages of a conversation fare, by their bodies, oldest first. */
export async function readDeliveries(
	{ url, agent }: Pick<Stage, 'url' | 'agent'>,
	conversationId: string,
): Promise<ReadonlyMap<string, Delivery>> {
	const { conversation } = await new Client(url(), agent).query<DeliveriesAnswer>(DELIVERIES, {
		id: conversationId,
	});
	return new Map(conversation.messages.edges.map(({ node: { body, delivery } }) => [body, delivery]));
}

/** The deliveries of a conversation once they are as they should be. */
export async function deliveriesOnce(
	stage: Pick<Stage, 'url' | 'agent'>,
	conversationId: string,
	holds: (deliveries: ReadonlyMap<string, Delivery>) => boolean,
): Promise<ReadonlyMap<string, Delivery>> {
	for (;;) {
		const deliveries = await readDeliveries(stage, conversationId);
		if (holds(deliveries)) return deliveries;
		await delay(POLL_MS);
	}
}

/** No provider is to be asked any more. */
export function isOver(deliveries: ReadonlyMap<string, Delivery>): boolean {
	return deliveries.values().every(({ status }) => !['QUEUED', 'SENDING', 'RETRYING'].includes(status));
}

/** Answers once the provider was asked so that this holds. */
export async function askedOnce(
	provider: MockProviderProcess,
	holds: (requests: ReturnType<MockProviderProcess['requests']>) => boolean,
): Promise<void> {
	while (!holds(provider.requests())) await delay(POLL_MS);
}

/** Does this while others work; fails at once when one of them does. */
export async function during<Result>(
	working: readonly Promise<unknown>[],
	act: () => Promise<Result>,
): Promise<Result> {
	const failure = Promise.all(working).then(() => new Promise<never>(() => {}));
	return Promise.race([failure, act()]);
}
