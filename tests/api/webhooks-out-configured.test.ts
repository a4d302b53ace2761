import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { toGlobalId } from '../../schema/ids.ts';
import { LIMITS } from '../../src/conversations/limits.ts';
import { WebhookDeliveriesDocument, WebhooksDocument } from '../generated/graphql.ts';
import { createConversation, send } from '../support/chat.ts';
import { configure, deliveriesOf, refused, webhooksOf } from '../support/customer-webhooks.ts';
import { startService } from '../support/service.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';

const service = await startService({ WEBHOOK_RETRY_SECONDS: '3600' });
const [alice, agent, admin] = [
	await service.client('Alice'),
	await service.client('Agent', 'AGENT'),
	await service.client('Admin', 'ADMIN'),
];
afterAll(() => service.stop());

const NOBODY = toGlobalId('Webhook', randomUUID());

test('a webhook is shown as it was made, its secret once', async () => {
	const input = {
		url: 'https://1.1.1.1/hook?tenant=7',
		events: ['MEMBER_LEFT', 'MESSAGE_SENT', 'MEMBER_LEFT'],
	};
	const { webhook, secret } = await configure(admin, 'createWebhook', input);
	expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
	expect(webhook).toMatchObject({
		id: expect.stringMatching(/^hook_/),
		url: input.url,
		events: ['MEMBER_LEFT', 'MESSAGE_SENT'],
		enabled: true,
		disabledReason: null,
	});
	expect(await webhooksOf(admin)).toContainEqual(webhook);
	const shown = await admin.ask(`{ webhooks { secret } }`);
	expect(shown.errors?.[0]?.message).toContain('secret');
	const { webhook: updated } = await configure(admin, 'updateWebhook', {
		webhookId: webhook.id,
		enabled: false,
	});
	expect(JSON.stringify([await webhooksOf(admin), updated])).not.toContain(secret.slice('whsec_'.length));
	await configure(admin, 'deleteWebhook', { webhookId: webhook.id });
	expect(await webhooksOf(admin)).toEqual([]);
});

test('what an update leaves out stays as it is', async () => {
	const { webhook } = await configure(admin, 'createWebhook', {
		url: 'https://1.1.1.1/hook',
		events: ['MESSAGE_SENT'],
	});
	const update = async (changes: object) =>
		(await configure(admin, 'updateWebhook', { webhookId: webhook.id, ...changes })).webhook;
	expect(await update({ events: ['MEMBER_JOINED'] })).toMatchObject({ url: webhook.url, enabled: true });
	expect(await update({ enabled: false })).toMatchObject({ events: ['MEMBER_JOINED'] });
	expect(await update({ url: 'https://1.0.0.1/hook' })).toMatchObject({
		url: 'https://1.0.0.1/hook',
		events: ['MEMBER_JOINED'],
		enabled: false,
		createdAt: webhook.createdAt,
	});
	await configure(admin, 'deleteWebhook', { webhookId: webhook.id });
});

test.each([
	['this machine', 'http://127.0.0.1:4000/hook'],
	['this machine by its name', 'http://localhost:4000/hook'],
	['this machine by IPv6', 'http://[::1]/hook'],
	['this machine as a number', 'http://2130706433/hook'],
	['this machine in IPv6', 'http://[::ffff:127.0.0.1]/hook'],
	['a private network', 'http://10.1.2.3/hook'],
	['a private network of IPv6', 'http://[fd00::1]/hook'],
	["a cloud's metadata", 'http://169.254.169.254/latest/meta-data'],
	['a name that nobody has', 'https://nowhere.invalid/hook'],
	['a file', 'file:///etc/passwd'],
	['a script', 'javascript:alert(1)'],
	['nothing', ''],
	['a user and a password', 'https://user:password@1.1.1.1/hook'],
	['too long a URL', `https://1.1.1.1/${'a'.repeat(2_048)}`],
])('a URL that leads to %s is refused', async (_, url) => {
	const invalid = { __typename: 'InvalidInputError', code: 'INVALID_INPUT', field: 'url' };
	expect(await refused(admin, 'createWebhook', { url, events: ['MESSAGE_SENT'] })).toMatchObject(invalid);
	const { webhook } = await configure(admin, 'createWebhook', {
		url: 'https://1.1.1.1/hook',
		events: ['MESSAGE_SENT'],
	});
	expect(await refused(admin, 'updateWebhook', { webhookId: webhook.id, url })).toMatchObject(invalid);
	expect(await webhooksOf(admin)).toEqual([webhook]);
	await configure(admin, 'deleteWebhook', { webhookId: webhook.id });
});

test('a URL that leads into a private network by the time of the call is not called', async () => {
	const receiver = await WebhookReceiver.start();
	const { webhook } = await configure(admin, 'createWebhook', {
		url: 'https://1.1.1.1/hook',
		events: ['MESSAGE_SENT'],
	});
	await service.sql(`update webhooks set url = '${receiver.url}'`);
	const { id } = await createConversation(alice);
	await send(alice, id, 'Hello');
	const told = async () => (await deliveriesOf(admin, webhook.id, ['RETRYING']))[0];
	let delivery = await told();
	while (delivery === undefined) {
		await delay(10);
		delivery = await told();
	}
	expect(delivery).toMatchObject({
		attempts: [{ httpStatus: null, outcome: 'RETRY' }],
		error: expect.stringContaining('private network'),
	});
	expect(receiver.received).toEqual([]);
	await configure(admin, 'deleteWebhook', { webhookId: webhook.id });
	await receiver.stop();
});

test('without an event there is no webhook, and there are not more than a bound', async () => {
	const url = 'https://1.1.1.1/hook';
	const noEvent = { __typename: 'InvalidInputError', field: 'events' };
	expect(await refused(admin, 'createWebhook', { url, events: [] })).toMatchObject(noEvent);
	const created: string[] = [];
	for (let count = 0; count < LIMITS.webhooks; count++)
		created.push((await configure(admin, 'createWebhook', { url, events: ['MEMBER_LEFT'] })).webhook.id);
	expect(await refused(admin, 'createWebhook', { url, events: ['MEMBER_LEFT'] })).toMatchObject({
		__typename: 'InvalidInputError',
		reason: expect.stringContaining('50'),
	});
	expect(await refused(admin, 'updateWebhook', { webhookId: created[0], events: [] })).toMatchObject(noEvent);
	expect((await webhooksOf(admin)).map(({ id }) => id)).toEqual(created);
	for (const webhookId of created) await configure(admin, 'deleteWebhook', { webhookId });
});

test.each([
	['a webhook that does not exist', NOBODY],
	['an id of another type', toGlobalId('Message', randomUUID())],
	['no id', 'hook_1'],
])('%s is not found', async (_, webhookId) => {
	const notFound = { __typename: 'NotFoundError', code: 'NOT_FOUND' };
	expect(await refused(admin, 'updateWebhook', { webhookId, enabled: true })).toMatchObject(notFound);
	expect(await refused(admin, 'rotateWebhookSecret', { webhookId })).toMatchObject(notFound);
	expect(await refused(admin, 'deleteWebhook', { webhookId })).toMatchObject(notFound);
	expect(await refused(admin, 'redriveWebhookDelivery', { deliveryId: webhookId })).toMatchObject(notFound);
	expect(await admin.query(WebhookDeliveriesDocument, { id: webhookId })).toEqual({ webhook: null });
});

test.each(['CUSTOMER', 'AGENT'] as const)('a %s may do nothing with webhooks', async (role) => {
	const { webhook } = await configure(admin, 'createWebhook', {
		url: 'https://1.1.1.1/hook',
		events: ['MEMBER_LEFT'],
	});
	const forbidden = { __typename: 'ForbiddenError', code: 'FORBIDDEN' };
	const client = role === 'CUSTOMER' ? alice : agent;
	const webhookId = webhook.id;
	expect(
		await refused(client, 'createWebhook', { url: 'http://127.0.0.1', events: ['MEMBER_LEFT'] }),
	).toMatchObject(forbidden);
	expect(await refused(client, 'updateWebhook', { webhookId, enabled: false })).toMatchObject(forbidden);
	expect(await refused(client, 'rotateWebhookSecret', { webhookId })).toMatchObject(forbidden);
	expect(await refused(client, 'deleteWebhook', { webhookId })).toMatchObject(forbidden);
	expect(
		await refused(client, 'redriveWebhookDelivery', {
			deliveryId: toGlobalId('WebhookDelivery', randomUUID()),
		}),
	).toMatchObject(forbidden);
	for (const id of [webhookId, NOBODY, 'nothing']) {
		const { errors } = await client.ask(WebhookDeliveriesDocument, { id });
		expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN']);
	}
	const { errors } = await client.ask(WebhooksDocument);
	expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN']);
	expect(await webhooksOf(admin)).toEqual([webhook]);
	await configure(admin, 'deleteWebhook', { webhookId });
});

test('deliveries are paged newest first, of all statuses or of some', async () => {
	const { webhook } = await configure(admin, 'createWebhook', {
		url: 'https://1.1.1.1/hook',
		events: ['MESSAGE_SENT'],
	});
	await service.sql("update webhooks set url = 'http://127.0.0.1/'");
	const { id } = await createConversation(alice);
	const sequences: number[] = [];
	for (let count = 0; count < 5; count++) sequences.unshift((await send(alice, id, `${count}`)).sequence);
	while ((await deliveriesOf(admin, webhook.id, ['RETRYING'])).length < 5) await delay(10);
	const page = async (variables: object) => {
		const answer = await admin.query(WebhookDeliveriesDocument, { id: webhook.id, ...variables });
		const { edges, pageInfo } = answer.webhook?.deliveries ?? { edges: [], pageInfo: undefined };
		return { edges, pageInfo, sequences: edges.map(({ node }) => node.sequence) };
	};
	const first = await page({ first: 2 });
	expect(first.sequences).toEqual(sequences.slice(0, 2));
	expect(first.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false });
	const after = first.edges[1]?.cursor;
	expect((await page({ first: 10, after })).sequences).toEqual(sequences.slice(2));
	expect((await page({ last: 2 })).sequences).toEqual(sequences.slice(3));
	expect((await page({ first: 3, status: ['RETRYING', 'DEAD'] })).sequences).toEqual(sequences.slice(0, 3));
	expect((await page({ status: ['DELIVERED'] })).sequences).toEqual([]);
	const wrong = await admin.ask(WebhookDeliveriesDocument, { id: webhook.id, first: -1 });
	expect(wrong.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
	await configure(admin, 'deleteWebhook', { webhookId: webhook.id });
});
