import { ConnectionLost, StoreConflict, StoreLocked, StoreUnavailable } from '../conversations/store.ts';
import { messageOf } from './errors.ts';

/*
 * Error numbers, https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
 */

/** Deadlock victim, snapshot conflicts, and a duplicate in a constraint or an index. */
const CONFLICTS: ReadonlySet<number | undefined> = new Set([1205, 3960, 3961, 2627, 2601]);
const LOCK_TIMEOUT = 1222;
/** The session, by an operator. */
const KILLED = 596;

/** What another moment, or an operator of the server, mends. */
const UNAVAILABLE: ReadonlySet<number | undefined> = new Set([
	...[1101, 1105, 9002], // no room in the files or the log
	...[701, 802, 1204, 8628, 8645, 8651, 10928, 10929, 10936], // no memory, locks, threads or sessions
	...[904, 921, 922, 923, 924, 926, 927, 942, 945, 952, 4060], // database not open, or not yet
	...[3906, 3908, 615, 976, 978, 979, 982, 983, 4221], // read-only, moved away, or a secondary
	...[6005, 17142, 17147, 18401], // paused, shutting down, upgrading itself
	...[40143, 40197, 40501, 40540, 40613, 49918, 49919, 49920], // throttled or moved, in Azure
]);

/**
 * Login failed: the password, no trust, disabled, locked out, expired, no such server, no way through the firewall.
 * No such database (4060) is not among them: a server that recovers its databases says the same of each.
 */
const REFUSALS: ReadonlySet<number | undefined> = new Set([
	18452, 18456, 18470, 18486, 18487, 18488, 40532, 40615,
]);
/** No transaction to roll back: the server has done it, as it does with the victim of a deadlock. */
const NO_TRANSACTION = 3903;

/*
 * What `tedious` says of a connection that was cut, and of one that is not to be had or does not answer. Its other errors,
 * such as EPARAM and EINVALIDSTATE, are mistakes of ours.
 */
const DRIVER_CUT = /^(ESOCKET|ECLOSE|ECONNCLOSED)$/;
const DRIVER_AWAY = /^(ETIMEOUT|ELOGIN|EINSTLOOKUP)$/;
/** What the network and the resolver of names say. */
const NETWORK_CUT =
	/^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|EADDRNOTAVAIL|ENOTFOUND|EAI_|ERR_(SOCKET|STREAM|SSL|TLS)|EPROTO)/;
const NO_ENCRYPTION = 'EENCRYPT';
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
	const hasNoNumber = number === undefined;
	if (number === KILLED || classOf(error) >= FATAL_CLASS || (hasNoNumber && isCut(error)))
		return new ConnectionLost(reasonOf(error), options);
	const isAway = UNAVAILABLE.has(number) || REFUSALS.has(number) || (hasNoNumber && isLoss(error));
	return isAway ? new StoreUnavailable(reasonOf(error), options) : error;
}

function codeOf(error: unknown): string {
	return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function isCut(error: unknown): boolean {
	const code = codeOf(error);
	return DRIVER_CUT.test(code) || NETWORK_CUT.test(code);
}

function isLoss(error: unknown): boolean {
	const code = codeOf(error);
	return isCut(error) || DRIVER_AWAY.test(code) || CERTIFICATE.test(code);
}

/** The server has rolled the transaction back itself. */
export function isRolledBack(error: unknown): boolean {
	return numberOf(error) === NO_TRANSACTION;
}

/** Whether a connection was not to be had for want of an answer, and not for what the server said. */
export function isSilence(error: unknown): boolean {
	const fault = error instanceof StoreUnavailable ? error.cause : error;
	return numberOf(fault) === undefined && isLoss(fault);
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
		if (codeOf(fault) === NO_ENCRYPTION)
			return 'it takes no connection without encryption, which the URL turns off';
		if (CERTIFICATE.test(codeOf(fault)))
			return `${fault.message} (the certificate is not trusted; trustServerCertificate=true in the URL takes any)`;
	}
	return undefined;
}
