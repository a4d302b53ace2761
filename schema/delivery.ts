import type { DeliveryStatus as DeliveryStatusRow } from '../src/conversations/outside.ts';
import { builder } from './builder.ts';

export const DeliveryStatus = builder.enumType('DeliveryStatus', {
	description:
		'How the sending of a message through an outside provider fares. It never goes back by itself.',
	values: {
		QUEUED: { description: 'Stored, and not asked of a provider yet.' },
		SENDING: { description: 'A provider is being asked.' },
		RETRYING: { description: 'It was not accepted, and is asked again at `nextAttemptAt`.' },
		UNKNOWN: {
			description:
				'Nobody can say whether the provider took it. A report of the provider may tell; else a person decides ' +
				'(`redriveDelivery`).',
		},
		SENT: { description: 'The provider accepted it.' },
		DELIVERED: { description: 'The provider says that it reached the contact.' },
		UNDELIVERED: { description: 'The provider says that it did not reach the contact.' },
		FAILED: { description: 'The provider refused it for good.' },
		DEAD: { description: 'Given up after the last attempt; the provider did not take it.' },
		CANCELED: { description: 'Called off before a provider took it.' },
	} as const satisfies Record<DeliveryStatusRow, { description: string }>,
});
