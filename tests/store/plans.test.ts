import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/store/database.ts';
import {
	createTestDatabase,
	NO_NOTICES,
	skipWithoutPostgresql,
	type TestDatabase,
} from '../support/databases.ts';
import { HOT_OUTBOUND } from './hot-outbound.ts';
import { HOT_STATEMENTS } from './hot-statements.ts';
import { HOT_WEBHOOKS } from './hot-webhooks.ts';
import { fillTables } from './plan-data.ts';
import { execute, stepsOf } from './plans.ts';

/*
 * What is asked often reads what it answers with, however much there is besides. A search for a text is not among
 * these statements: it reads in the order of its page until that is full.
 */

const statements = Object.entries({ ...HOT_STATEMENTS, ...HOT_OUTBOUND, ...HOT_WEBHOOKS });
/** The statement's own rows: its values, the rows of an UPDATE, and what a part of a union found. */
const OWN_ROWS = /^SCAN (CONSTANT ROW|\d+-ROW VALUES CLAUSE|\(subquery-\d+\)|changed|missed|due|asked|page)$/;
let created: TestDatabase;
let database: Database;

async function open(kind: TestDatabase['kind']): Promise<void> {
	created = await createTestDatabase(kind);
	const { config } = created;
	// Filling takes longer than a request may.
	const patient = config.kind === 'sqlite' ? config : { ...config, requestTimeoutMs: 0 };
	database = await openDatabase(patient, NO_NOTICES);
	await fillTables(database);
}

async function drop(): Promise<void> {
	await database?.close();
	await created?.drop();
}

/** The columns of each kind of seek. */
function soughtBy(steps: readonly string[]): readonly string[] {
	const columns = (step: string) => /^SEARCH .*\((.+)\)/.exec(step)?.[1] ?? [];
	return [...new Set(steps.flatMap(columns))];
}

describe('plans of SQLite', () => {
	beforeAll(() => open('sqlite'), 120_000);
	afterAll(drop);

	test.each(statements)('%s', async (_, { build, seeks = [], sorts = false, walks, names }) => {
		const steps = await stepsOf(database, build(database));
		const scans = steps.filter((step) => step.startsWith('SCAN ') && !OWN_ROWS.test(step));
		expect(scans).toEqual([
			...(walks === undefined ? [] : [expect.stringContaining(` USING INDEX ${walks}`)]),
			...(names === undefined ? [] : [`SCAN ${names}`]),
		]);
		expect(soughtBy(steps)).toEqual(seeks);
		expect(steps.filter((step) => step.includes('AUTOMATIC'))).toEqual([]);
		if (!sorts) expect(steps.filter((step) => step.includes('TEMP B-TREE FOR ORDER BY'))).toEqual([]);
	});
});

describe.skipIf(skipWithoutPostgresql('plans'))('plans of PostgreSQL', () => {
	beforeAll(() => open('postgresql'), 120_000);
	afterAll(drop);

	test.each(statements)('%s', async (_, { build, reads }) => {
		const { scanned, rowsRead, plan } = await execute(database, build(database));
		expect(scanned, plan).toEqual([]);
		expect(rowsRead, plan).toBeLessThanOrEqual(reads);
		expect(rowsRead, 'the statement found nothing to read').toBeGreaterThan(0);
	});

	test.each(['memberships', 'messages'])(
		'many keys of %s are one join, and planned as soon as few',
		async (table) => {
			const shapeOf = async (count: number) => {
				const statement = HOT_STATEMENTS[`${table} by key: ${count}`];
				if (statement === undefined) throw new Error('There is no such statement.');
				const { plan } = await execute(database, statement.build(database));
				return plan.replaceAll(/\d+ rows/g, '');
			};
			expect(await shapeOf(200)).toBe(await shapeOf(1));
		},
	);
});
