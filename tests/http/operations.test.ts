import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { loadConfig } from '../../src/config.ts';
import { createGraphQL } from '../../src/http/graphql.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { range } from '../support/live.ts';
import { memoryInUse } from '../support/memory.ts';

const { operations } = createGraphQL({
	schema,
	config: loadConfig({ NODE_ENV: 'test' }).graphql,
	logger: createLogger({ level: 'silent', format: 'json' }),
	metrics: createMetrics(),
	graphiql: undefined,
});

describe('documents', () => {
	it('are parsed once for all who send the same text', () => {
		const query = '{ viewer { id } }';
		const [first, second] = [operations.prepare({ query }), operations.prepare({ query })];
		if (!('operation' in first && 'operation' in second)) throw new Error('They are valid.');
		expect(second.operation.document).toBe(first.operation.document);
	});

	it('cost little memory, however many different ones somebody sends', () => {
		// As many tokens as an operation may have: half a megabyte of nodes each.
		const ids = '1 '.repeat(1_950);
		const before = memoryInUse();
		for (const n of range(1, 300)) {
			const prepared = operations.prepare({ query: `query Q${n} { nodes(ids: [${ids}]) { id } }` });
			expect(prepared).toHaveProperty('operation');
		}
		expect(memoryInUse() - before).toBeLessThan(100_000_000);
	});
});
