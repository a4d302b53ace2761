import pg from 'pg';
import { StoreConflict, StoreLocked, StoreUnavailable } from '../conversations/store.ts';
import { messageOf } from './errors.ts';

/*
 * SQLSTATEs, https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

/** Serialization failure, deadlock, unique violation. */
const CONFLICTS = /^(40001|40P01|23505)$/;
const LOCK_NOT_AVAILABLE = '55P03';
/** Connection exceptions, no resources, shutdown and cancellation by time, and a server that only reads. */
const UNAVAILABLE = /^(08|53|57|58|25006|25P0[34])/;
const NO_CONNECTION_LEFT = '53300';
/** Wrong password, no such user, no such database, no rights. */
const REFUSALS = /^(28|3D000|42501)/;
/** What the driver says of a password or an encryption that the server and the URL do not agree on. */
const DRIVER_REFUSALS = /^SASL|client password|does not support SSL|must be specified to connect/;
const CERTIFICATE_REFUSALS = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;

/** Any fault of a connection or a statement as the domain's; mistakes of our own stay what they are. */
export function classify(error: unknown): unknown {
	const state = sqlStateOf(error);
	const options = { cause: error };
	if (state === LOCK_NOT_AVAILABLE) return new StoreLocked(messageOf(error), options);
	if (CONFLICTS.test(state)) return new StoreConflict(messageOf(error), options);
	if (UNAVAILABLE.test(state) || REFUSALS.test(state)) return new StoreUnavailable(messageOf(error), options);
	// What the server did not say itself is the connection's fault, but for our own mistakes.
	const isOurs = error instanceof TypeError || error instanceof RangeError;
	return state === '' && !isOurs ? new StoreUnavailable(messageOf(error), options) : error;
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
		REFUSALS.test(sqlStateOf(cause)) ||
		(!(cause instanceof pg.DatabaseError) &&
			(DRIVER_REFUSALS.test(messageOf(cause)) || CERTIFICATE_REFUSALS.test(code)));
	return isRefused ? messageOf(cause) : undefined;
}

function sqlStateOf(error: unknown): string {
	return error instanceof pg.DatabaseError ? (error.code ?? '') : '';
}
