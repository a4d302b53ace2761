import { StoreConflict, StoreLocked, StoreUnavailable } from '../conversations/store.ts';
import { messageOf } from './errors.ts';

/*
 * Error numbers, https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
 */

/** Deadlock victim, snapshot conflicts, and a duplicate in a constraint or an index. */
const CONFLICTS: ReadonlySet<number | undefined> = new Set([1205, 3960, 3961, 2627, 2601]);
const LOCK_TIMEOUT = 1222;

/** What another moment, or an operator of the server, mends. */
const UNAVAILABLE: ReadonlySet<number | undefined> = new Set([
	...[1101, 1105, 9002], // no room in the files or the log
	...[701, 802, 1204, 8628, 8645, 8651, 10928, 10929, 10936], // no memory, locks, threads or sessions
	...[904, 921, 922, 923, 924, 926, 927, 942, 945, 952, 4060], // database not open, or not yet
	...[3906, 3908, 615, 976, 978, 979, 982, 983, 4221], // read-only, moved away, or a secondary
	...[596, 6005, 17142, 17147, 18401], // killed, paused, shutting down, upgrading itself
	...[40143, 40197, 40501, 40540, 40613, 49918, 49919, 49920], // throttled or moved, in Azure
]);

/**
 * Login failed: the password, no trust, disabled, locked out, expired, no such server, no way through the firewall.
 * No such database (4060) is not among them: a server that recovers its databases says the same of each.
 */
const REFUSALS: ReadonlySet<number | undefined> = new Set([
	18452, 18456, 18470, 18486, 18487, 18488, 40532, 40615,
]);
const CERTIFICATE = /CERT|SIGNATURE|ALTNAME/;

/** From this severity on the server ends the connection. */
const FATAL_CLASS = 20;

/** The server's number of an error; undefined for what the driver or the network says. */
function numberOf(error: unknown): number | undefined {
	const number = error instanceof Error && 'number' in error ? Number(error.number) : Number.NaN;
	return number > 0 ? number : undefined;
}

function classOf(error: unknown): number {
	return error instanceof Error && 'class' in error ? Number(error.class) : 0;
}

/** An error of `tedious` as the domain's; others stay what they are. */
export function classify(thrown: unknown): unknown {
	// Of several errors the first is the cause.
	const error = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
	if (error instanceof StoreUnavailable || error instanceof StoreConflict) return error;
	if (error instanceof TypeError || error instanceof RangeError) return error;
	const number = numberOf(error);
	const options = { cause: error };
	if (number === LOCK_TIMEOUT) return new StoreLocked(messageOf(error), options);
	if (CONFLICTS.has(number)) return new StoreConflict(messageOf(error), options);
	const isAway =
		number === undefined || UNAVAILABLE.has(number) || REFUSALS.has(number) || classOf(error) >= FATAL_CLASS;
	return isAway ? new StoreUnavailable(reasonOf(error), options) : error;
}

/** Where several addresses of a host were tried, the driver says no more than that it could not connect. */
function reasonOf(error: unknown): string {
	const attempts = error instanceof Error && error.cause instanceof AggregateError ? error.cause.errors : [];
	return [error, ...attempts].map(messageOf).join(': ');
}

/** What the server said of a login that it did not take. */
export interface LoginMessage {
	readonly number: number;
	readonly message: string;
}

/** A failed login with the server's own number and words. */
export function loginFault({ number, message }: LoginMessage, cause: unknown): Error {
	return Object.assign(new Error(message, { cause }), { number });
}

/** Why waiting does not help to connect: a login or a certificate that is not accepted; undefined when it may. */
export function refusalOf(error: unknown): string | undefined {
	for (let fault = error; fault instanceof Error; fault = fault.cause) {
		if (REFUSALS.has(numberOf(fault))) return fault.message;
		if ('code' in fault && CERTIFICATE.test(String(fault.code)))
			return `${fault.message} (the certificate is not trusted; trustServerCertificate=true in the URL takes any)`;
	}
	return undefined;
}
