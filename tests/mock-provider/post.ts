import { randomUUID } from 'node:crypto';
import type { OutgoingMessage } from '../../src/mock-provider/wire.ts';

export function message(to: string, changes: Partial<OutgoingMessage> = {}): OutgoingMessage {
	return {
		id: `msg_${randomUUID()}`,
		from: '+11234567890',
		to,
		type: 'sms',
		body: 'Test message 🦊',
		attachments: [],
		timestamp: '2025-05-21T18:00:00Z',
		...changes,
	};
}

/** Posts it as the service does. */
export function post(url: string, sent: OutgoingMessage, init: RequestInit = {}): Promise<Response> {
	return fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'idempotency-key': sent.id },
		body: JSON.stringify(sent),
		...init,
	});
}
