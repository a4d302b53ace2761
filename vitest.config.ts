import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { LongestFirst } from './tests/support/longest-first.ts';

/** A limit is for what hangs: among many others a test may take ten times as long as alone. */
const PATIENCE_MS = 180_000;

const shared = {
	// One graphql: Vite would load its ES module while the libraries that are not transformed load the other.
	resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
	// Files share their worker's modules: to load all of them takes longer than most files' tests.
	test: { pool: 'forks', isolate: false, testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS },
} satisfies TestProjectInlineConfiguration;

/** Everything; the services of tests store in SQLite. */
const sqlite: TestProjectInlineConfiguration = {
	...shared,
	test: { ...shared.test, name: 'sqlite', include: ['tests/**/*.test.ts'] },
};

/**
 * Once more on PostgreSQL: what depends on how conversations, users and the log are stored and read, at the public API.
 * A new file of tests/api runs here as well, unless what it shows is decided before the database is asked, or without it.
 */
const postgresql: TestProjectInlineConfiguration = {
	...shared,
	test: {
		...shared.test,
		name: 'postgresql',
		env: { TEST_DATABASE: 'postgresql' },
		runner: 'tests/support/postgresql-runner.ts',
		include: [
			'tests/api/*.test.ts',
			'tests/model/*.test.ts',
			'tests/faults/{kill,stopping,outbound,outbound-crash,outbound-rate,webhooks-kill}.test.ts',
		],
		exclude: [
			// Transports and their limits, documents, tokens.
			'tests/api/{disjoint-fields,error-counts,error-locations,graphiql,http-requests,page-arguments}.test.ts',
			'tests/api/{production,proxy-host,query-limits,request-ids,tokens}.test.ts',
			'tests/api/{subscription-root,websocket-abuse,websocket-protocol,connection-limits,frame-limits,rate-limits}.test.ts',
			// Clients, signals that are not stored, what followers share, readers that do not read.
			'tests/api/{apollo-client,urql,live-activity,live-coalescing,live-cohorts,live-slow-reader,live-sse,live-sse-resume}.test.ts',
		],
	},
};

export default defineConfig({
	test: {
		// Many tests wait for a database, a process or a time limit.
		maxWorkers: 3,
		sequence: { sequencer: LongestFirst },
		globalSetup: ['tests/support/global-setup.ts'],
		projects: [sqlite, postgresql],
	},
});
