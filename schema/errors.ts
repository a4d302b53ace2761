import type { ObjectRef } from '@pothos/core';
import {
	type ConversationMovedError,
	type DeliveryConflictError,
	DomainError,
	type ErrorCode,
	type InvalidInputError,
	RateLimitedError,
	type ServiceBusyError,
} from '../src/conversations/errors.ts';
import { LIMITS } from '../src/conversations/limits.ts';
import type { Message as MessageRow } from '../src/conversations/model.ts';
import type { DeliveryStatus as DeliveryStatusRow } from '../src/conversations/outside.ts';
import { builder, rows } from './builder.ts';
import type { GraphQLContext } from './context.ts';
import { DeliveryStatus } from './delivery.ts';
import { Message } from './message.ts';

type Types = typeof builder.$inferSchemaTypes;

/** An expected fault as a result: executors take an Error itself, wherever it is returned, for a thrown one. */
export interface Refusal<Fault extends DomainError = DomainError> {
	readonly refusal: Fault;
}

const WAIT = 'How long to wait before the next attempt, in seconds.';

const ErrorCodeEnum = builder.enumType('ErrorCode', {
	description: 'What kind of fault it was. A code never changes its meaning.',
	values: {
		NOT_FOUND: { description: 'There is no such thing, or the viewer may not see it.' },
		FORBIDDEN: { description: 'The viewer may see it but may not do this.' },
		INVALID_INPUT: { description: 'A field of the input is not valid.' },
		IDEMPOTENCY_CONFLICT: { description: 'The key was used before for a message with other content.' },
		CONVERSATION_CLOSED: { description: 'The conversation is closed for good.' },
		CONVERSATION_MOVED: { description: 'Others wrote after what the writer had seen.' },
		CONTACT_OPTED_OUT: { description: 'The contact outside wants no messages.' },
		DELIVERY_CONFLICT: { description: "The delivery's status does not allow this." },
		RATE_LIMITED: { description: 'Too many requests.' },
		SERVICE_BUSY: { description: 'The service cannot take more at the moment; nothing was stored.' },
	} as const satisfies Record<ErrorCode, { description: string }>,
});

const TYPE_NAMES = {
	NOT_FOUND: 'NotFoundError',
	FORBIDDEN: 'ForbiddenError',
	INVALID_INPUT: 'InvalidInputError',
	IDEMPOTENCY_CONFLICT: 'IdempotencyConflictError',
	CONVERSATION_CLOSED: 'ConversationClosedError',
	CONVERSATION_MOVED: 'ConversationMovedError',
	CONTACT_OPTED_OUT: 'ContactOptedOutError',
	DELIVERY_CONFLICT: 'DeliveryConflictError',
	RATE_LIMITED: 'RateLimitedError',
	SERVICE_BUSY: 'ServiceBusyError',
} as const satisfies Record<ErrorCode, string>;

const ErrorInterface = builder.interfaceRef<Refusal>('Error').implement({
	description: 'An expected fault that the caller can act on.',
	resolveType: ({ refusal }) => TYPE_NAMES[refusal.code],
	fields: (t) => ({
		code: t.field({
			type: ErrorCodeEnum,
			description: 'What kind of fault it was, for programs.',
			resolve: ({ refusal }) => refusal.code,
		}),
		message: t.string({
			description: 'What was wrong, for people.',
			resolve: ({ refusal }) => refusal.message,
		}),
		retryable: t.boolean({
			description: 'Whether the same call can succeed later.',
			resolve: ({ refusal }) => refusal.retryable,
		}),
	}),
});

const NotFound = builder.objectRef<Refusal>('NotFoundError').implement({
	description: 'There is no such thing, or the viewer may not see it: both look the same.',
	interfaces: [ErrorInterface],
});

const Forbidden = builder.objectRef<Refusal>('ForbiddenError').implement({
	description: 'The viewer may not do this. Nothing was done.',
	interfaces: [ErrorInterface],
});

const InvalidInput = builder.objectRef<Refusal<InvalidInputError>>('InvalidInputError').implement({
	description: 'A field of the input is not valid. Nothing was done.',
	interfaces: [ErrorInterface],
	fields: (t) => ({
		field: t.string({
			description: "The input field's name.",
			resolve: ({ refusal }) => refusal.field,
		}),
	}),
});

const IdempotencyConflict = builder.objectRef<Refusal>('IdempotencyConflictError').implement({
	description:
		'The clientMessageId was used before, by the same author in the same conversation, for other content.',
	interfaces: [ErrorInterface],
});

const ConversationClosed = builder.objectRef<Refusal>('ConversationClosedError').implement({
	description: 'The conversation was closed for good.',
	interfaces: [ErrorInterface],
});

const ConversationMoved = builder
	.objectRef<Refusal<ConversationMovedError<MessageRow>>>('ConversationMovedError')
	.implement({
		description:
			'Others wrote after `expectedSequence`, so nothing was sent. Read what they wrote, then send again.',
		interfaces: [ErrorInterface],
		fields: (t) => ({
			missed: t.field({
				type: [Message],
				description:
					'What others wrote since, as far as the viewer may see it, notes left out, oldest first; at most 100.',
				extensions: rows(LIMITS.missedMessages),
				resolve: ({ refusal }) => refusal.missed,
			}),
		}),
	});

const ContactOptedOut = builder.objectRef<Refusal>('ContactOptedOutError').implement({
	description:
		'The contact outside has said that they want no messages (STOP). Nothing was stored and nothing sent.',
	interfaces: [ErrorInterface],
});

const DeliveryConflict = builder
	.objectRef<Refusal<DeliveryConflictError<DeliveryStatusRow>>>('DeliveryConflictError')
	.implement({
		description: "The delivery's status does not allow what was asked. Nothing was done.",
		interfaces: [ErrorInterface],
		fields: (t) => ({
			status: t.field({
				type: DeliveryStatus,
				description: "The delivery's status as it stands.",
				resolve: ({ refusal }) => refusal.status,
			}),
		}),
	});

const RateLimited = builder.objectRef<Refusal<RateLimitedError>>('RateLimitedError').implement({
	description: 'The viewer asks too often. Nothing was done.',
	interfaces: [ErrorInterface],
	fields: (t) => ({
		retryAfter: t.int({ description: WAIT, resolve: ({ refusal }) => refusal.retryAfter }),
	}),
});

const ServiceBusy = builder.objectRef<Refusal<ServiceBusyError>>('ServiceBusyError').implement({
	description: 'The service cannot take more at the moment. Nothing was stored.',
	interfaces: [ErrorInterface],
	fields: (t) => ({
		retryAfter: t.int({ description: WAIT, resolve: ({ refusal }) => refusal.retryAfter }),
	}),
});

const ERROR_TYPES = {
	NOT_FOUND: NotFound,
	FORBIDDEN: Forbidden,
	INVALID_INPUT: InvalidInput,
	IDEMPOTENCY_CONFLICT: IdempotencyConflict,
	CONVERSATION_CLOSED: ConversationClosed,
	CONVERSATION_MOVED: ConversationMoved,
	CONTACT_OPTED_OUT: ContactOptedOut,
	DELIVERY_CONFLICT: DeliveryConflict,
	RATE_LIMITED: RateLimited,
	SERVICE_BUSY: ServiceBusy,
} as const satisfies Record<ErrorCode, unknown>;

/** What every mutation can end in. */
const COMMON: readonly ErrorCode[] = [
	'NOT_FOUND',
	'FORBIDDEN',
	'INVALID_INPUT',
	'RATE_LIMITED',
	'SERVICE_BUSY',
];

/**
 * The result of a mutation: a union of its payload and its errors, and `settle`, which runs the mutation and turns
 * an expected fault of that union into its member, noting its code among the context's refusals. Whatever else is
 * thrown goes on to the executor.
 */
export function mutationResult<Payload extends object>(
	mutation: string,
	payload: ObjectRef<Types, Payload>,
	ownErrors: readonly ErrorCode[] = [],
) {
	const codes = new Set([...COMMON, ...ownErrors]);
	const type = builder.unionType(`${mutation}Result`, {
		description: `What ${mutation.charAt(0).toLowerCase()}${mutation.slice(1)} answers with.`,
		types: [payload, ...Array.from(codes, (code) => ERROR_TYPES[code])],
		resolveType: (value) => (isRefusal(value) ? TYPE_NAMES[value.refusal.code] : payload.name),
	});
	async function settle(
		{ refusals, turns }: Pick<GraphQLContext, 'refusals' | 'turns'>,
		run: () => Promise<Payload>,
	): Promise<Payload | Refusal> {
		try {
			const wait = turns.next();
			if (wait > 0) throw new RateLimitedError(wait);
			return await run();
		} catch (error) {
			if (!(error instanceof DomainError && codes.has(error.code))) throw error;
			refusals.push(error.code);
			return { refusal: error };
		}
	}
	return { type, settle };
}

function isRefusal(value: object): value is Refusal {
	return 'refusal' in value;
}
