import {
	CreateWebhookDocument,
	DeleteWebhookDocument,
	RedriveWebhookDeliveryDocument,
	RotateWebhookSecretDocument,
	type TypedDocumentString,
	UpdateWebhookDocument,
	WebhookDeliveriesDocument,
	type WebhookDeliveryStatus,
	type WebhookDeliveryFieldsFragment as WebhookDeliveryView,
	type WebhookEvent,
	WebhooksDocument,
	type WebhookFieldsFragment as WebhookView,
} from '../generated/graphql.ts';
import type { Refusal } from './chat.ts';
import type { Client } from './client.ts';

export type { WebhookDeliveryView, WebhookView };

/** Every kind of event. */
export const ALL_EVENTS: readonly WebhookEvent[] = [
	'MESSAGE_SENT',
	'MESSAGE_EDITED',
	'MESSAGE_DELETED',
	'MEMBER_JOINED',
	'MEMBER_LEFT',
	'CONVERSATION_CHANGED',
	'DELIVERY_CHANGED',
];

const DOCUMENTS = {
	createWebhook: CreateWebhookDocument,
	updateWebhook: UpdateWebhookDocument,
	deleteWebhook: DeleteWebhookDocument,
	rotateWebhookSecret: RotateWebhookSecretDocument,
	redriveWebhookDelivery: RedriveWebhookDeliveryDocument,
};

type Mutation = keyof typeof DOCUMENTS;
type Result<Name extends Mutation> =
	(typeof DOCUMENTS)[Name] extends TypedDocumentString<{ readonly result: infer Answer }, never>
		? Answer
		: never;
type Payload<Name extends Mutation> = Extract<
	Result<Name>,
	{ readonly __typename: `${Capitalize<Name>}Payload` }
>;
type Input = Readonly<Record<string, unknown>>;

async function attempt<Name extends Mutation>(
	client: Client,
	mutation: Name,
	input: Input,
): Promise<Payload<Name> | Refusal> {
	const document = DOCUMENTS[mutation].toString();
	return (await client.query<{ readonly result: Payload<Name> | Refusal }>(document, { input })).result;
}

/** The payload of a mutation that must succeed. */
export async function configure<Name extends Mutation>(
	client: Client,
	mutation: Name,
	input: Input,
): Promise<Payload<Name>> {
	const result = await attempt(client, mutation, input);
	if ('code' in result) throw new Error(`${mutation}: ${result.code} ${result.reason}`);
	return result;
}

/** The error of a mutation that must be refused. */
export async function refused(client: Client, mutation: Mutation, input: Input): Promise<Refusal> {
	const result = await attempt(client, mutation, input);
	if ('code' in result) return result;
	throw new Error(`${mutation} was not refused: ${JSON.stringify(result)}`);
}

export async function webhooksOf(client: Client): Promise<readonly WebhookView[]> {
	return (await client.query(WebhooksDocument)).webhooks;
}

/** The newest 50 deliveries, newest first. */
export async function deliveriesOf(
	client: Client,
	webhookId: string,
	status?: readonly WebhookDeliveryStatus[],
): Promise<readonly WebhookDeliveryView[]> {
	const { webhook } = await client.query(WebhookDeliveriesDocument, { id: webhookId, status });
	if (webhook === null) throw new Error('There is no such webhook.');
	return webhook.deliveries.edges.map(({ node }) => node);
}
