import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents for the demo and the tests. Documents are strings, as fetch and graphql-ws send them. */
const config: CodegenConfig = {
	schema: 'schema/schema.graphql',
	documents: ['src/cli/**/*.graphql', 'tests/**/*.graphql'],
	ignoreNoDocuments: true,
	importExtension: '.ts',
	generates: {
		'src/generated/': {
			preset: 'client',
			presetConfig: { fragmentMasking: false, skipIndexFile: true },
			config: {
				documentMode: 'string',
				useTypeImports: true,
				enumType: 'string-literal',
				strictScalars: true,
				scalars: { DateTime: 'string', ID: 'string' },
				immutableTypes: true,
			},
		},
	},
};

export default config;
