import { TestRunner, test } from 'vitest';
import { skipWithoutPostgresql } from './databases.ts';

/** Runs the files of a project that needs PostgreSQL; where there is none, it leaves each of them out. */
export default class PostgresqlRunner extends TestRunner {
	override importFile(path: string, source: Parameters<TestRunner['importFile']>[1]): unknown {
		if (source !== 'collect' || !skipWithoutPostgresql('the API')) return super.importFile(path, source);
		return test.skipIf(true)('needs PostgreSQL', () => {});
	}
}
