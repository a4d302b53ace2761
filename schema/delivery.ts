import { LIMITS } from '../src/conversations/limits.ts';
import type {
	AttemptOutcome as AttemptOutcomeRow,
	DeliveryAttempt as DeliveryAttemptRow,
	Delivery as DeliveryRow,
	DeliveryStatus as DeliveryStatusRow,
} from '../src/conversations/outside.ts';
import { builder, rows } from './builder.ts';

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
		FAILED: { description: 'The provider refused it for good, or the contact wrote STOP while it waited.' },
		DEAD: { description: 'Given up after the last attempt; the provider did not take it.' },
		CANCELED: { description: 'Called off before a provider took it.' },
	} as const satisfies Record<DeliveryStatusRow, { description: string }>,
});

export const AttemptOutcome = builder.enumType('AttemptOutcome', {
	description: 'How one call of a provider ended.',
	values: {
		ACCEPTED: { description: 'The provider has the message.' },
		RETRY: { description: 'It certainly has not, and another time it may take it.' },
		REJECTED: { description: 'It never will.' },
		UNKNOWN: { description: 'Nobody can say; or the call is under way.' },
	} as const satisfies Record<AttemptOutcomeRow, { description: string }>,
});

const DeliveryAttempt = builder.objectRef<DeliveryAttemptRow>('DeliveryAttempt').implement({
	description: 'One call of a provider, recorded before it is made.',
	fields: (t) => ({
		number: t.exposeInt('number', { description: '1, 2, 3 …, over all rounds.' }),
		provider: t.exposeString('provider', { description: 'Who was asked.' }),
		startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When the call began.' }),
		durationMs: t.exposeInt('durationMs', {
			nullable: true,
			description:
				'How long it took, in milliseconds; null while it is under way, and where its end was never learnt.',
		}),
		httpStatus: t.exposeInt('httpStatus', {
			nullable: true,
			description: "The answer's HTTP status; null where there was none.",
		}),
		outcome: t.expose('outcome', { type: AttemptOutcome, description: 'How it ended.' }),
	}),
});

export const Delivery = builder.objectRef<DeliveryRow>('Delivery').implement({
	description: 'How a message fares on its way to a contact outside. Each change is a DeliveryChanged event.',
	fields: (t) => ({
		status: t.expose('status', { type: DeliveryStatus, description: 'Where it stands.' }),
		from: t.exposeString('from', {
			description: 'The address that it is sent from: E.164, or an email address.',
		}),
		to: t.exposeString('to', { description: "The contact's address: E.164, or an email address." }),
		provider: t.exposeString('provider', {
			nullable: true,
			description: 'Who was asked last; null before the first attempt, and after a redrive until the next.',
		}),
		attempts: t.field({
			type: [DeliveryAttempt],
			description: `The calls of providers, oldest first: at most the ${LIMITS.shownAttempts} newest.`,
			extensions: rows(LIMITS.shownAttempts),
			resolve: (delivery, _args, { reader }) => reader.attempts(delivery),
		}),
		nextAttemptAt: t.expose('nextAttemptAt', {
			type: 'DateTime',
			nullable: true,
			description: 'When a provider is asked next, at the earliest; null where nothing is to come.',
		}),
		providerMessageId: t.exposeString('providerMessageId', {
			nullable: true,
			description: "The provider's own id of the message, once it is known.",
		}),
		error: t.exposeString('error', {
			nullable: true,
			description: 'Why it is not further, for people; null where nothing is wrong.',
		}),
		requestedAt: t.expose('requestedAt', {
			type: 'DateTime',
			description: 'When the message was made, as its caller said.',
		}),
		updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the status last changed.' }),
	}),
});
