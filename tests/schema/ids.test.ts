import { describe, expect, test } from 'vitest';
import { fromGlobalId, ID_OF_NOTHING, idToLookUp, requireId, toGlobalId } from '../../schema/ids.ts';
import { NotFoundError } from '../../src/conversations/errors.ts';

const ID = '0190a3c4-7b1e-7c2d-9f00-0123456789ab';

describe('global ids', () => {
	test('come back as what they were made of', () => {
		expect(toGlobalId('Message', ID)).toBe(`msg_${ID}`);
		expect(fromGlobalId('Message', toGlobalId('Message', ID))).toBe(ID);
		expect(fromGlobalId('Message', toGlobalId('Message', ID.toUpperCase()))).toBe(ID);
	});

	test.each([
		['another type', toGlobalId('User', ID)],
		['no uuid', toGlobalId('Message', '1')],
		['a uuid with more behind it', toGlobalId('Message', `${ID}0`)],
		['a line break behind it', toGlobalId('Message', `${ID}\n`)],
		['a bare uuid', ID],
		['the prefix alone', 'msg_'],
		['the prefix in capitals', `MSG_${ID}`],
		['whitespace within', ` ${toGlobalId('Message', ID)}`],
		['nothing', ''],
	])('%s does not decode, and gets the answer of an id that nothing has', (_name, globalId) => {
		expect(fromGlobalId('Message', globalId)).toBeUndefined();
		expect(idToLookUp('Message', globalId)).toBe(ID_OF_NOTHING);
		expect(() => requireId('Message', globalId)).toThrow(NotFoundError);
	});

	test('an id that was left out is not looked up', () => {
		expect(idToLookUp('User', null)).toBeUndefined();
		expect(idToLookUp('User', undefined)).toBeUndefined();
	});
});
