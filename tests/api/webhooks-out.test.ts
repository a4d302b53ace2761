import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { WebhookEvent } from '../generated/graphql.ts';
import { createConversation, perform, send, userIdOf } from '../support/chat.ts';
import {
	ALL_EVENTS,
	configure,
	deliveriesOf,
	refused,
	type WebhookDeliveryView,
	type WebhookView,
	webhooksOf,
} from '../support/customer-webhooks.ts';
import { startService } from '../support/service.ts';
import { type Received, told, verified, WebhookReceiver } from '../support/webhook-receiver.ts';

const service = await startService({
	ALLOW_PRIVATE_URLS: 'true',
	WEBHOOK_RETRY_SECONDS: '0.05,0.05',
});
const [alice, bob, agent, admin] = [
	await service.client('Alice'),
	await service.client('Bob'),
	await service.client('Agent', 'AGENT'),
	await service.client('Admin', 'ADMIN'),
];
/** This test's, with webhooks that are deleted after it: no other test hears of its events. */
let receiver: WebhookReceiver;
let hooked: string[] = [];

beforeEach(async () => {
	receiver = await WebhookReceiver.start();
	hooked = [];
	return async () => {
		for (const webhookId of hooked) await configure(admin, 'deleteWebhook', { webhookId });
		await receiver.stop();
	};
});
afterAll(() => service.stop());

async function hook(
	events: readonly WebhookEvent[] = ['MESSAGE_SENT'],
): Promise<{ readonly webhook: WebhookView; readonly secret: string }> {
	const created = await configure(admin, 'createWebhook', { url: receiver.url, events });
	hooked.push(created.webhook.id);
	return created;
}

/** The delivery once it has this status. */
async function deliveryOnce(
	{ id: webhookId }: WebhookView,
	deliveryId: string,
	status: WebhookDeliveryView['status'],
): Promise<WebhookDeliveryView> {
	for (;;) {
		const found = (await deliveriesOf(admin, webhookId)).find(({ id }) => id === deliveryId);
		if (found?.status === status) return found;
		await delay(10);
	}
}

test('an event reaches the receiver, signed, with what it speaks of', async () => {
	const { webhook, secret } = await hook();
	const { id } = await createConversation(alice, { subject: 'Broken lamp' });
	const message = await send(alice, id, 'It does not glow 💡', { clientMessageId: 'lamp-1' });
	const received = await receiver.next();
	expect(received).toMatchObject({
		path: '/hook',
		headers: { 'content-type': 'application/json', 'user-agent': expect.stringMatching(/^pendo-message\//) },
	});
	expect(verified(received, secret)).toEqual({
		type: 'message.sent',
		timestamp: message.createdAt,
		data: {
			conversationId: id,
			sequence: message.sequence,
			actor: { ...message.author, role: 'CUSTOMER' },
			message: {
				id: message.id,
				sequence: message.sequence,
				channel: 'CHAT',
				author: { ...message.author, role: 'CUSTOMER' },
				body: 'It does not glow 💡',
				attachments: [],
				createdAt: message.createdAt,
				editedAt: null,
				deletedAt: null,
				clientMessageId: 'lamp-1',
				replyToId: null,
				delivery: null,
				incoming: null,
			},
		},
	});
	expect(await deliveryOnce(webhook, received.id, 'DELIVERED')).toMatchObject({
		event: 'MESSAGE_SENT',
		conversationId: id,
		sequence: message.sequence,
		attempts: [{ number: 1, httpStatus: 204, outcome: 'ACCEPTED', durationMs: expect.any(Number) }],
		nextAttemptAt: null,
		error: null,
	});
});

test('a payload changed on its way, or signed for another webhook, does not verify', async () => {
	const { secret } = await hook();
	const { secret: other } = await hook(['MEMBER_LEFT']);
	const { id } = await createConversation(alice);
	await send(alice, id, 'Hello');
	const received = await receiver.next();
	expect(verified(received, secret).type).toBe('message.sent');
	expect(() => verified(received, other)).toThrow('No matching signature');
	const forged = { ...received, body: received.body.replace('Hello', 'Hullo') };
	expect(() => verified(forged, secret)).toThrow('No matching signature');
});

test('each kind of event is told with what it speaks of', async () => {
	await hook(ALL_EVENTS);
	const { id } = await createConversation(alice, { subject: 'Lamp' });
	await perform(alice, 'addMember', { conversationId: id, userId: await userIdOf(bob) });
	const { id: messageId } = await send(bob, id, 'Hello');
	await perform(bob, 'editMessage', { messageId, body: 'Hello again' });
	await perform(bob, 'deleteMessage', { messageId });
	await perform(alice, 'removeMember', { conversationId: id, userId: await userIdOf(bob) });
	await perform(agent, 'closeConversation', { conversationId: id });
	const events = (await receiver.take(8)).map(told).sort((a, b) => a.data.sequence - b.data.sequence);
	expect(events.map(({ type, data }) => [data.sequence, type])).toEqual([
		[1, 'conversation.changed'],
		[2, 'member.joined'],
		[3, 'member.joined'],
		[4, 'message.sent'],
		[5, 'message.edited'],
		[6, 'message.deleted'],
		[7, 'member.left'],
		[8, 'conversation.changed'],
	]);
	const [created, , joined, , , deleted, left, closed] = events.map(({ data }) => data);
	expect(created).toMatchObject({
		conversationId: id,
		actor: { subject: alice.person.subject },
		conversation: { id, subject: 'Lamp', channel: 'CHAT', status: 'OPEN', visibility: 'PRIVATE' },
	});
	expect(joined?.member).toMatchObject({ user: { subject: bob.person.subject } });
	expect(deleted?.message).toMatchObject({ id: messageId, body: '', deletedAt: expect.any(String) });
	expect(left?.member).toMatchObject({
		user: { subject: bob.person.subject },
		leftAt: expect.any(String),
	});
	expect(closed).toMatchObject({
		actor: { subject: agent.person.subject },
		conversation: { closedAt: expect.any(String) },
	});
});

test('only the events that a webhook wants are told, and each to every webhook that wants it', async () => {
	const other = await WebhookReceiver.start();
	const { webhook } = await configure(admin, 'createWebhook', { url: other.url, events: ALL_EVENTS });
	hooked.push(webhook.id);
	await hook(['MEMBER_JOINED', 'MEMBER_JOINED']);
	const { id } = await createConversation(alice);
	await send(alice, id, 'Hello');
	expect(told(await receiver.next()).type).toBe('member.joined');
	const types = (await other.take(3)).map((received) => told(received).type);
	expect(types.sort()).toEqual(['conversation.changed', 'member.joined', 'message.sent']);
	await perform(alice, 'addMember', { conversationId: id, userId: await userIdOf(bob) });
	expect(told(await receiver.next()).data.sequence).toBe(4);
	await other.stop();
});

test('notes, their edits and deletions are told to nobody', async () => {
	const { webhook } = await hook(['MESSAGE_SENT', 'MESSAGE_EDITED', 'MESSAGE_DELETED']);
	const { id } = await createConversation(alice);
	const { id: messageId } = await send(agent, id, 'She is angry', { internal: true });
	await perform(agent, 'editMessage', { messageId, body: 'She is very angry' });
	await perform(agent, 'deleteMessage', { messageId });
	await send(alice, id, 'Hello');
	const received = await receiver.next();
	expect(told(received)).toMatchObject({ type: 'message.sent', data: { message: { body: 'Hello' } } });
	expect((await deliveriesOf(admin, webhook.id)).map((delivery) => delivery.id)).toEqual([received.id]);
});

test('an event is told again after a failure, by the same id, with what it speaks of as it is by then', async () => {
	const { webhook, secret } = await hook();
	const gate = Promise.withResolvers<void>();
	receiver.reply = () => gate.promise.then(() => 500);
	const { id } = await createConversation(alice);
	const { id: messageId } = await send(alice, id, 'My card is 4111 1111 1111 1111');
	const first = await receiver.next();
	await perform(alice, 'deleteMessage', { messageId });
	gate.resolve();
	receiver.reply = () => 200;
	const second = await receiver.next();
	expect(second.id).toBe(first.id);
	expect(verified(second, secret)).toMatchObject({
		type: 'message.sent',
		timestamp: told(first).timestamp,
		data: { message: { id: messageId, body: '' } },
	});
	expect((await deliveryOnce(webhook, first.id, 'DELIVERED')).attempts).toMatchObject([
		{ number: 1, httpStatus: 500, outcome: 'RETRY' },
		{ number: 2, httpStatus: 200, outcome: 'ACCEPTED' },
	]);
});

test.each([
	['answers 500', 500, { httpStatus: 500, outcome: 'RETRY' }, 'The receiver answered 500.'],
	['answers 404', 404, { httpStatus: 404, outcome: 'RETRY' }, 'The receiver answered 404.'],
	[
		'redirects, which is not followed',
		{ status: 307, headers: { location: '/elsewhere' } },
		{ httpStatus: 307, outcome: 'RETRY' },
		'The receiver answered 307.',
	],
	['hangs up', 'reset', { httpStatus: null, outcome: 'UNKNOWN' }, expect.stringContaining('connection')],
] as const)(
	'a receiver that always %s is asked as often as the settings say',
	async (_, reply, attempt, error) => {
		const { webhook } = await hook();
		receiver.reply = () => reply;
		const { id } = await createConversation(alice);
		await send(alice, id, 'Hello');
		const received = await receiver.take(3);
		expect(new Set(received.map(({ path, id: delivery }) => `${path} ${delivery}`)).size).toBe(1);
		const dead = await deliveryOnce(webhook, received[0]?.id ?? '', 'DEAD');
		expect(dead).toMatchObject({ attempts: [attempt, attempt, attempt], nextAttemptAt: null, error });
		expect(receiver.received).toHaveLength(3);
	},
);

test('a receiver that cannot be reached is given up on, and told once it can be', async () => {
	const { webhook } = await hook();
	await receiver.stop();
	const { id } = await createConversation(alice);
	await send(alice, id, 'Hello');
	const [queued] = await deliveriesOf(admin, webhook.id);
	const deliveryId = queued?.id ?? '';
	const attempt = { httpStatus: null, outcome: 'RETRY' };
	expect(await deliveryOnce(webhook, deliveryId, 'DEAD')).toMatchObject({
		attempts: [attempt, attempt, attempt],
		error: expect.stringContaining('ECONNREFUSED'),
	});
	receiver = await WebhookReceiver.start();
	await configure(admin, 'updateWebhook', { webhookId: webhook.id, url: receiver.url });
	await configure(admin, 'redriveWebhookDelivery', { deliveryId });
	expect(told(await receiver.next()).data.message).toMatchObject({ body: 'Hello' });
});

test('what is dead is found, and told again when an admin says so', async () => {
	const { webhook } = await hook();
	receiver.reply = () => 503;
	const { id } = await createConversation(alice);
	await send(alice, id, 'Lost');
	const [{ id: deliveryId }] = (await receiver.take(3)) as [Received, Received, Received];
	await deliveryOnce(webhook, deliveryId, 'DEAD');
	receiver.reply = () => 204;
	await send(alice, id, 'Told');
	await deliveryOnce(webhook, (await receiver.next()).id, 'DELIVERED');
	expect((await deliveriesOf(admin, webhook.id, ['DEAD'])).map((dead) => dead.id)).toEqual([deliveryId]);
	expect(await deliveriesOf(admin, webhook.id, [])).toEqual([]);
	expect(await deliveriesOf(admin, webhook.id, ['QUEUED', 'DEAD', 'DELIVERED'])).toHaveLength(2);

	const { delivery } = await configure(admin, 'redriveWebhookDelivery', { deliveryId });
	expect(delivery).toMatchObject({ id: deliveryId, status: 'QUEUED' });
	expect((await receiver.next()).id).toBe(deliveryId);
	expect((await deliveryOnce(webhook, deliveryId, 'DELIVERED')).attempts.at(-1)).toMatchObject({
		number: 4,
		outcome: 'ACCEPTED',
	});
	expect(await refused(admin, 'redriveWebhookDelivery', { deliveryId })).toMatchObject({
		__typename: 'DeliveryConflictError',
		code: 'DELIVERY_CONFLICT',
	});
});

test('what is dead is found no more once its webhook is deleted', async () => {
	const { webhook } = await hook();
	receiver.reply = () => 410;
	const { id } = await createConversation(alice);
	await send(alice, id, 'Hello');
	const { id: deliveryId } = await receiver.next();
	await deliveryOnce(webhook, deliveryId, 'DEAD');
	hooked = [];
	await configure(admin, 'deleteWebhook', { webhookId: webhook.id });
	expect(await refused(admin, 'redriveWebhookDelivery', { deliveryId })).toMatchObject({ code: 'NOT_FOUND' });
});

test('after a rotation both secrets sign, the present one first', async () => {
	const { webhook, secret: before } = await hook();
	const { id } = await createConversation(alice);
	await send(alice, id, 'One');
	const first = await receiver.next();
	expect(String(first.headers['webhook-signature']).split(' ')).toHaveLength(1);
	const rotated = await configure(admin, 'rotateWebhookSecret', { webhookId: webhook.id });
	expect(rotated.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
	expect(rotated.secret).not.toBe(before);
	await send(alice, id, 'Two');
	const second = await receiver.next();
	expect(String(second.headers['webhook-signature']).split(' ')).toHaveLength(2);
	expect(verified(second, before)).toEqual(verified(second, rotated.secret));
});

test('Retry-After is honoured, and ends when the webhook is enabled again', async () => {
	const { webhook } = await hook();
	receiver.reply = () => ({ status: 429, headers: { 'retry-after': '600' } });
	const { id } = await createConversation(alice);
	await send(alice, id, 'Hello');
	const { id: deliveryId } = await receiver.next();
	const { nextAttemptAt, updatedAt } = await deliveryOnce(webhook, deliveryId, 'RETRYING');
	expect(Date.parse(nextAttemptAt ?? '') - Date.parse(updatedAt)).toBeGreaterThan(300_000);
	expect(Date.parse(nextAttemptAt ?? '') - Date.parse(updatedAt)).toBeLessThan(610_000);
	receiver.reply = () => 204;
	await configure(admin, 'updateWebhook', { webhookId: webhook.id, enabled: false });
	await configure(admin, 'updateWebhook', { webhookId: webhook.id, enabled: true });
	expect(await receiver.next()).toMatchObject({ id: deliveryId });
	await deliveryOnce(webhook, deliveryId, 'DELIVERED');
});

test('a webhook that is disabled is told nothing of what happens meanwhile', async () => {
	const { webhook } = await hook();
	const { id } = await createConversation(alice);
	await configure(admin, 'updateWebhook', { webhookId: webhook.id, enabled: false });
	await send(alice, id, 'Unheard');
	expect(await deliveriesOf(admin, webhook.id)).toEqual([]);
	await configure(admin, 'updateWebhook', { webhookId: webhook.id, enabled: true });
	await send(alice, id, 'Heard');
	expect(told(await receiver.next()).data.message).toMatchObject({ body: 'Heard' });
	expect(receiver.received).toHaveLength(1);
});

test('a receiver that is gone (410) disables its webhook, and ends what waits', async () => {
	const { webhook } = await hook();
	receiver.reply = () => ({ status: 503, headers: { 'retry-after': '600' } });
	const { id } = await createConversation(alice);
	await send(alice, id, 'One');
	const { id: waiting } = await receiver.next();
	await deliveryOnce(webhook, waiting, 'RETRYING');
	receiver.reply = () => 410;
	await send(alice, id, 'Two');
	const { id: refusedId } = await receiver.next();
	expect((await deliveryOnce(webhook, refusedId, 'DEAD')).attempts).toMatchObject([
		{ httpStatus: 410, outcome: 'REJECTED' },
	]);
	const dead = await deliveryOnce(webhook, waiting, 'DEAD');
	expect(dead.error).toContain('410');
	expect(await webhooksOf(admin)).toContainEqual(
		expect.objectContaining({
			id: webhook.id,
			enabled: false,
			disabledReason: expect.stringContaining('410'),
		}),
	);
	await send(alice, id, 'Three');
	expect(await deliveriesOf(admin, webhook.id)).toHaveLength(2);
	const { webhook: enabled } = await configure(admin, 'updateWebhook', {
		webhookId: webhook.id,
		enabled: true,
	});
	expect(enabled).toMatchObject({ enabled: true, disabledReason: null });
});

test('what waits goes to the URL that the webhook has by then', async () => {
	const { webhook } = await hook();
	const elsewhere = await WebhookReceiver.start();
	receiver.reply = () => ({ status: 503, headers: { 'retry-after': '600' } });
	const { id } = await createConversation(alice);
	await send(alice, id, 'Hello');
	const { id: deliveryId } = await receiver.next();
	await deliveryOnce(webhook, deliveryId, 'RETRYING');
	await configure(admin, 'updateWebhook', { webhookId: webhook.id, url: elsewhere.url, enabled: true });
	expect((await elsewhere.next()).id).toBe(deliveryId);
	expect(receiver.received).toHaveLength(1);
	await elsewhere.stop();
});

test('a webhook that is deleted is told nothing more', async () => {
	const { webhook } = await configure(admin, 'createWebhook', {
		url: receiver.url,
		events: ['MESSAGE_SENT'],
	});
	await configure(admin, 'deleteWebhook', { webhookId: webhook.id });
	expect((await webhooksOf(admin)).map(({ id }) => id)).not.toContain(webhook.id);
	await hook();
	const { id } = await createConversation(alice);
	await send(alice, id, 'Hello');
	await receiver.next();
	const { id: second } = await send(alice, id, 'Hello again');
	expect(told(await receiver.next()).data.message).toMatchObject({ id: second });
	expect(receiver.received).toHaveLength(2);
});
