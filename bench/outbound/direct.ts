/** `node direct.ts <url> <count>`: the calls that the worker makes, by the same client, with nothing written down. */
import { createWebhookProvider } from '../../src/outbound/providers/webhook.ts';
import { MESSAGE_BODY } from '../support/operations.ts';

const IN_FLIGHT = 32;
const TIMEOUT_MS = 10_000;

const [url = '', count = ''] = process.argv.slice(2);
const provider = createWebhookProvider({
	name: 'webhook',
	channels: ['SMS'],
	url: new URL(url),
	isIdempotent: false,
	timeoutMs: TIMEOUT_MS,
	maxInFlight: IN_FLIGHT,
});
let begun = 0;

async function call(): Promise<void> {
	while (begun < Number(count)) {
		const number = begun++;
		const outcome = await provider.send({
			id: `direct-${process.pid}-${number}`,
			from: '+11234567890',
			to: `+1555${String(number % 10_000).padStart(4, '0')}111`,
			channel: 'SMS',
			body: MESSAGE_BODY,
			attachments: [],
			timestamp: new Date(),
		});
		if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
	}
}

await Promise.all(Array.from({ length: IN_FLIGHT }, call));
await provider.close();
