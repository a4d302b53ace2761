import { ConnectionError, RequestError } from 'tedious';
import { describe, expect, test } from 'vitest';
import {
	ConnectionLost,
	StoreConflict,
	StoreLocked,
	StoreUnavailable,
} from '../../src/conversations/store.ts';
import { classify, loginFault, refusalOf } from '../../src/store/mssql-errors.ts';

const serverError = (number: number, severity = 16) =>
	Object.assign(new RequestError('as the server says', 'EREQUEST'), { number, class: severity });

describe('classify', () => {
	test.each([
		[1205, 13, StoreConflict],
		[3960, 16, StoreConflict],
		[3961, 16, StoreConflict],
		[2627, 14, StoreConflict],
		[2601, 14, StoreConflict],
		[1222, 16, StoreLocked],
		[1105, 17, StoreUnavailable],
		[9002, 17, StoreUnavailable],
		[701, 17, StoreUnavailable],
		[3906, 16, StoreUnavailable],
		[978, 14, StoreUnavailable],
		[983, 14, StoreUnavailable],
		[4060, 11, StoreUnavailable],
		[6005, 14, StoreUnavailable],
		[18456, 14, StoreUnavailable],
		[40613, 17, StoreUnavailable],
		[49918, 16, StoreUnavailable],
		// Of a severity that ends the connection, whatever the number.
		[824, 24, ConnectionLost],
		[596, 21, ConnectionLost],
	])('the server error %i is the fault of its kind', (number, severity, type) => {
		const error = serverError(number, severity);
		const fault = classify(error);
		expect(Object.getPrototypeOf(fault)).toBe(type.prototype);
		expect(fault).toMatchObject({ message: error.message, cause: error });
	});

	test.each([
		[547, 'a constraint'],
		[8152, 'a text that is too long'],
		[208, 'a table that is not there'],
		[102, 'a syntax error'],
		[3902, 'a commit without a transaction'],
	])('the server error %i (%s) is nobody’s but ours', (number) => {
		const error = serverError(number);
		expect(classify(error)).toBe(error);
	});

	test.each([
		new RequestError('Timeout: Request failed to complete in 100ms', 'ETIMEOUT'),
		new RequestError('Connection closed before request completed.', 'ECLOSE'),
		new ConnectionError('Connection lost - read ECONNRESET', 'ESOCKET'),
		Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
	])('%s, which the driver says, is the connection’s', (error) => {
		expect(classify(error)).toBeInstanceOf(StoreUnavailable);
	});

	test.each(['EPARAM', 'EINVALIDSTATE', 'EREQINPROG'])(
		'%s, which the driver says of how it is used, is our own mistake',
		(code) => {
			const error = new RequestError('a mistake', code);
			expect(classify(error)).toBe(error);
		},
	);

	test('what cuts the connection is told from what does not answer in time', () => {
		expect(classify(new RequestError('closed', 'ECLOSE'))).toBeInstanceOf(ConnectionLost);
		expect(classify(new RequestError('late', 'ETIMEOUT'))).not.toBeInstanceOf(ConnectionLost);
	});

	test('of several errors the first counts', () => {
		const errors = [serverError(1205, 13), serverError(3621, 0)];
		expect(classify(new AggregateError(errors))).toMatchObject({ cause: errors[0] });
		expect(classify(new AggregateError(errors))).toBeInstanceOf(StoreConflict);
	});

	test('what is classified, and our own mistakes, stay what they are', () => {
		for (const fault of [new StoreUnavailable('away'), new StoreLocked('locked'), new TypeError('a mistake')])
			expect(classify(fault)).toBe(fault);
	});
});

describe('refusalOf', () => {
	const login = (number: number) =>
		classify(loginFault({ number, message: 'as the server says' }, new ConnectionError('x', 'ELOGIN')));

	test.each([18452, 18456, 18470, 18486, 18487, 18488, 40532, 40615])(
		'a login that fails with %i is refused',
		(number) => {
			expect(refusalOf(login(number))).toBe('as the server says');
		},
	);

	test.each([4060, 40613, 18401, 10928])('a login that fails with %i may succeed later', (number) => {
		expect(refusalOf(login(number))).toBeUndefined();
	});

	test.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'])(
		'%s is refused, with the way around',
		(code) => {
			const cause = Object.assign(new Error('not trusted'), { code });
			const error = classify(new ConnectionError('Failed to connect', 'ESOCKET', { cause }));
			expect(refusalOf(error)).toContain('trustServerCertificate=true');
		},
	);

	test('a server that insists on encryption refuses a URL that turns it off', () => {
		expect(refusalOf(classify(new ConnectionError('Server requires it', 'EENCRYPT')))).toContain(
			'encryption',
		);
	});

	test('a connection that fails is no refusal', () => {
		const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
		expect(
			refusalOf(classify(new ConnectionError('Failed to connect', 'ESOCKET', { cause }))),
		).toBeUndefined();
	});
});
