/**
 * Every fault that a caller can act on: one table of code, message and whether trying the same call again can help.
 * A message may be replaced by a more precise one; a code never changes its meaning.
 */
const ERRORS = {
	NOT_FOUND: { message: 'There is no such thing, or you may not see it.', retryable: false },
	FORBIDDEN: { message: 'You may not do this.', retryable: false },
	INVALID_INPUT: { message: 'The input is not valid.', retryable: false },
	IDEMPOTENCY_CONFLICT: {
		message: 'This clientMessageId was used before for a message with other content.',
		retryable: false,
	},
	CONVERSATION_CLOSED: { message: 'The conversation is closed for good.', retryable: false },
	CONVERSATION_MOVED: { message: 'Others wrote after what you have seen.', retryable: false },
	CONTACT_OPTED_OUT: { message: 'The contact wants no messages. Nothing was sent.', retryable: false },
	DELIVERY_CONFLICT: { message: "The delivery's status does not allow this.", retryable: false },
	RATE_LIMITED: { message: 'Too many requests. Try again later.', retryable: true },
	SERVICE_BUSY: { message: 'The service is busy. Nothing was stored. Try again.', retryable: true },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** A fault from the table above. Whatever else is thrown is a defect and is masked before it reaches a caller. */
export class DomainError extends Error {
	readonly code: ErrorCode;

	constructor(code: ErrorCode, message: string = ERRORS[code].message) {
		super(message);
		this.code = code;
		this.name = new.target.name;
	}

	get retryable(): boolean {
		return ERRORS[this.code].retryable;
	}
}

/** Also the answer for what exists but is not the caller's to see: both must look the same. */
export class NotFoundError extends DomainError {
	constructor(what?: string) {
		super('NOT_FOUND', what && `There is no such ${what}, or you may not see it.`);
	}
}

export class ForbiddenError extends DomainError {
	constructor(message?: string) {
		super('FORBIDDEN', message);
	}
}

/** `field` is the argument's or input field's public name. */
export class InvalidInputError extends DomainError {
	readonly field: string;

	constructor(field: string, message: string) {
		super('INVALID_INPUT', message);
		this.field = field;
	}
}

export class IdempotencyConflictError extends DomainError {
	constructor() {
		super('IDEMPOTENCY_CONFLICT');
	}
}

export class ConversationClosedError extends DomainError {
	constructor() {
		super('CONVERSATION_CLOSED');
	}
}

/** `missed`: what others wrote after the sequence that the writer had seen, oldest first. */
export class ConversationMovedError<Missed = unknown> extends DomainError {
	readonly missed: readonly Missed[];

	constructor(missed: readonly Missed[]) {
		super('CONVERSATION_MOVED');
		this.missed = missed;
	}
}

export class ContactOptedOutError extends DomainError {
	constructor() {
		super('CONTACT_OPTED_OUT');
	}
}

/** `status`: the delivery's, as it stands. */
export class DeliveryConflictError<Status = unknown> extends DomainError {
	readonly status: Status;

	constructor(status: Status, message?: string) {
		super('DELIVERY_CONFLICT', message);
		this.status = status;
	}
}

/** `retryAfter` in seconds. */
export class RateLimitedError extends DomainError {
	readonly retryAfter: number;

	constructor(retryAfter: number, message?: string) {
		super('RATE_LIMITED', message);
		this.retryAfter = retryAfter;
	}
}

/** `retryAfter` in seconds. Nothing of the refused call was stored. */
export class ServiceBusyError extends DomainError {
	readonly retryAfter: number;

	constructor(retryAfter = 1) {
		super('SERVICE_BUSY');
		this.retryAfter = retryAfter;
	}
}
