import { afterEach, expect, test, vi } from 'vitest';
import type { LogEntry } from '../../src/conversations/model.ts';
import { WebhookRegistry } from '../../src/webhooks/registry.ts';
import { newSecret } from '../../src/webhooks/secrets.ts';
import type { Webhook } from '../../src/webhooks/webhook.ts';

const NOW = new Date();
const onError = vi.fn();
let webhooks: readonly Webhook[] = [];
let reads: () => Promise<readonly Webhook[]>;
const registries: WebhookRegistry[] = [];

function createRegistry(): WebhookRegistry {
	reads = async () => webhooks;
	const registry = new WebhookRegistry({ webhooks: () => reads() });
	registries.push(registry);
	return registry;
}

afterEach(() => {
	for (const registry of registries.splice(0)) registry.stop();
	webhooks = [];
	onError.mockReset();
});

function webhook(id: string, events: Webhook['events'], enabled = true): Webhook {
	return {
		id,
		url: 'https://example.com',
		events,
		enabled,
		disabledReason: null,
		secret: newSecret(),
		previousSecret: null,
		previousSecretUntil: null,
		createdAt: NOW,
		updatedAt: NOW,
	};
}

function entry(sequence: number, type: LogEntry['type'], internal = false): LogEntry {
	return {
		conversationId: 'conversation',
		sequence,
		type,
		occurredAt: NOW,
		actorId: null,
		messageId: null,
		memberId: null,
		internal,
		commandId: 'command',
	};
}

test('each enabled webhook is told of the entries that it wants, and nobody of notes', async () => {
	webhooks = [
		webhook('one', ['MESSAGE_SENT', 'MEMBER_LEFT']),
		webhook('two', ['MESSAGE_SENT']),
		webhook('disabled', ['MESSAGE_SENT'], false),
	];
	const registry = createRegistry();
	const entries = [
		entry(1, 'MessageSent'),
		entry(2, 'MessageSent', true),
		entry(3, 'MemberLeft'),
		entry(4, 'MemberJoined'),
	];
	expect(registry.queue(entries)).toEqual([]);
	await registry.start({ checkIntervalMs: 3_600_000, onError });
	const queued = registry.queue(entries);
	expect(queued.map(({ webhookId, sequence, event }) => [webhookId, sequence, event])).toEqual([
		['one', 1, 'MESSAGE_SENT'],
		['two', 1, 'MESSAGE_SENT'],
		['one', 3, 'MEMBER_LEFT'],
	]);
	expect(queued[0]).toMatchObject({ conversationId: 'conversation', queuedAt: NOW });
	expect(new Set(queued.map(({ id }) => id)).size).toBe(3);
	expect(registry.isWanted([entry(1, 'MemberJoined'), entry(2, 'MessageSent', true)])).toBe(false);
	expect(registry.isWanted([entry(1, 'MemberLeft')])).toBe(true);
});

test('what another node changed is known after the next beat', async () => {
	const registry = createRegistry();
	await registry.start({ checkIntervalMs: 1, onError });
	expect(registry.enabled).toEqual([]);
	webhooks = [webhook('one', ['MESSAGE_SENT'])];
	await vi.waitFor(() => expect(registry.enabled).toEqual(webhooks));
});

test('while the table cannot be read the last look holds, and it is looked again', async () => {
	webhooks = [webhook('one', ['MESSAGE_SENT'])];
	const registry = createRegistry();
	await registry.start({ checkIntervalMs: 1, onError });
	reads = () => Promise.reject(new Error('away'));
	await vi.waitFor(() => expect(onError).toHaveBeenCalledWith(new Error('away')));
	expect(registry.enabled).toHaveLength(1);
	webhooks = [];
	reads = async () => webhooks;
	await vi.waitFor(() => expect(registry.enabled).toEqual([]));
});

test('a look that began before a change does not hide it', async () => {
	const registry = createRegistry();
	await registry.start({ checkIntervalMs: 3_600_000, onError });
	const slow = Promise.withResolvers<readonly Webhook[]>();
	reads = () => slow.promise;
	const before = registry.refresh();
	webhooks = [webhook('one', ['MESSAGE_SENT'])];
	reads = async () => webhooks;
	const after = registry.refresh();
	slow.resolve([]);
	await Promise.all([before, after]);
	expect(registry.enabled).toEqual(webhooks);
});
