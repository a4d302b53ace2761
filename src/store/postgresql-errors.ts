import pg from 'pg';
import { ConnectionLost, StoreConflict, StoreLocked, StoreUnavailable } from '../conversations/store.ts';
import { messageOf, NoConnectionFree } from './errors.ts';

/*
 * SQLSTATEs, https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

/** Serialization failure, deadlock, unique violation. */
const CONFLICTS = /^(40001|40P01|23505)$/;
const LOCK_NOT_AVAILABLE = '55P03';
/** Connection exceptions, no resources, shutdown and cancellation by time, and a server that only reads. */
const UNAVAILABLE = /^(08|53|57|58|25006|25P0[34])/;
/** Of these, those that end the connection alone, or with it the server for a moment. */
const CONNECTION_LOST = /^(08|57P0[125]|25P0[34])/;
/** What the driver says of a statement that takes too long. */
const READ_TIMEOUT = 'Query read timeout';
const NO_CONNECTION_LEFT = '53300';
/** Wrong password, no such user, no such database. */
const NO_ACCESS = /^(28|3D000)/;
const NO_RIGHTS = '42501';
/** What the driver says of a password or an encryption that the server and the URL do not agree on. */
const DRIVER_REFUSALS = /^SASL|client password|does not support SSL|must be specified to connect/;
const CERTIFICATE_REFUSALS = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;

/** Any fault of a connection or a statement as the domain's; mistakes of our own stay what they are. */
export function classify(error: unknown): unknown {
	const state = sqlStateOf(error);
	const options = { cause: error };
	if (state === LOCK_NOT_AVAILABLE) return new StoreLocked(messageOf(error), options);
	if (CONFLICTS.test(state)) return new StoreConflict(messageOf(error), options);
	if (CONNECTION_LOST.test(state)) return new ConnectionLost(messageOf(error), options);
	if (UNAVAILABLE.test(state) || NO_ACCESS.test(state))
		return new StoreUnavailable(messageOf(error), options);
	// What the server did not say itself is the connection's fault, but for our own mistakes.
	const isOurs = error instanceof TypeError || error instanceof RangeError;
	if (state !== '' || isOurs) return error;
	const Fault = messageOf(error) === READ_TIMEOUT ? StoreUnavailable : ConnectionLost;
	return new Fault(messageOf(error), options);
}

/** Why a connection is not to be had, whatever the server or the driver says. */
export function classifyConnecting(error: unknown): unknown {
	// What the pool says of those who wait for others' connections; it has no error of its own for them.
	if (messageOf(error) === 'timeout exceeded when trying to connect')
		return new NoConnectionFree({ cause: error });
	return sqlStateOf(error) === NO_RIGHTS
		? new StoreUnavailable(messageOf(error), { cause: error })
		: classify(error);
}

/** The server has as many connections as it takes, of whomever. */
export function isServerFull(error: unknown): boolean {
	return sqlStateOf(error) === NO_CONNECTION_LEFT;
}

/** Why waiting does not mend it; undefined where it may. */
export function refusalOf(error: unknown): string | undefined {
	// MikroORM hands on what it wraps as the cause, too.
	const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
	const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
	const isRefused =
		NO_ACCESS.test(sqlStateOf(cause)) ||
		sqlStateOf(cause) === NO_RIGHTS ||
		(!(cause instanceof pg.DatabaseError) &&
			(DRIVER_REFUSALS.test(messageOf(cause)) || CERTIFICATE_REFUSALS.test(code)));
	return isRefused ? messageOf(cause) : undefined;
}

function sqlStateOf(error: unknown): string {
	return error instanceof pg.DatabaseError ? (error.code ?? '') : '';
}
