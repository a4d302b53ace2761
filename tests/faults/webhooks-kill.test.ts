import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createConversation, send } from '../support/chat.ts';
import { Client } from '../support/client.ts';
import { configure, deliveriesOf } from '../support/customer-webhooks.ts';
import type { TestDatabase } from '../support/databases.ts';
import {
	type DataDirectory,
	makeDataDirectory,
	personFor,
	type ServiceProcess,
	startProcess,
} from '../support/process.ts';
import { databaseForService } from '../support/service.ts';
import { type Reply, verified, WebhookReceiver } from '../support/webhook-receiver.ts';

const MESSAGES = 40;

let directory: DataDirectory;
let database: TestDatabase;
let receiver: WebhookReceiver;
let service: ServiceProcess;

beforeEach(async () => {
	directory = await makeDataDirectory();
	database = await databaseForService();
	receiver = await WebhookReceiver.start();
	service = await start();
});

afterEach(async () => {
	await service.kill('SIGKILL');
	await receiver.stop();
	await database.drop();
	await directory.remove();
});

function start(): Promise<ServiceProcess> {
	return startProcess(directory, {
		DATABASE_URL: database.url,
		ALLOW_PRIVATE_URLS: 'true',
		WEBHOOK_TIMEOUT_MS: '200',
		WEBHOOK_RETRY_SECONDS: Array(20).fill('0.1').join(),
	});
}

test('SIGKILL between the commit and the receipt loses no event, and invents none', async () => {
	const replies: readonly (() => Reply | Promise<Reply>)[] = [
		() => 'silence',
		() => delay(20, 204),
		() => 500,
	];
	const [alice, admin] = [await personFor('alice'), await personFor('admin', 'ADMIN')];
	const { webhook, secret } = await configure(new Client(service.url, admin), 'createWebhook', {
		url: receiver.url,
		events: ['MESSAGE_SENT'],
	});
	const { id } = await createConversation(new Client(service.url, alice));
	const acknowledged: string[] = [];
	for (const reply of replies) {
		receiver.reply = reply;
		const client = new Client(service.url, alice);
		const before = receiver.received.length;
		const sends = Array.from({ length: MESSAGES }, (_, index) =>
			send(client, id, `Nr. ${index}`).then(
				(message) => acknowledged.push(message.id),
				() => 'lost with the service',
			),
		);
		while (receiver.received.length < before + 3) await delay(5);
		await service.kill('SIGKILL');
		await Promise.all(sends);
		service = await start();
	}
	receiver.reply = () => 204;
	expect(acknowledged.length).toBeGreaterThan(0);

	const client = new Client(service.url, admin);
	const waiting = () => deliveriesOf(client, webhook.id, ['QUEUED', 'SENDING', 'RETRYING']);
	while ((await waiting()).length > 0) await delay(50);
	expect(await deliveriesOf(client, webhook.id, ['DEAD'])).toEqual([]);
	const messages = new Map<string, string>();
	for (const received of receiver.received) {
		const { message } = verified(received, secret).data;
		messages.set(received.id, String(message?.['id']));
	}
	for (const message of acknowledged) expect([...messages.values()]).toContain(message);
	// Each has one id over all attempts.
	expect(new Set(messages.values()).size).toBe(messages.size);
});
