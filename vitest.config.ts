import { defineConfig } from 'vitest/config';

export default defineConfig({
	// One graphql: Vite would load its ES module while the libraries that are not transformed load the other.
	resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
	test: {
		include: ['tests/**/*.test.ts'],
		pool: 'forks',
		maxWorkers: 2,
		testTimeout: 30_000,
		hookTimeout: 60_000,
		globalSetup: ['tests/support/skipped-suites.ts'],
	},
});
