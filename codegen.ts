import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents of the `.graphql` files below `folder`. They are strings, as fetch and graphql-ws send them. */
function typedDocuments(folder: string) {
	return {
		preset: 'client',
		documents: `${folder}/**/*.graphql`,
		presetConfig: { fragmentMasking: false, skipIndexFile: true },
		config: {
			documentMode: 'string',
			useTypeImports: true,
			enumType: 'string-literal',
			strictScalars: true,
			scalars: { DateTime: 'string', ID: 'string' },
			immutableTypes: true,
		},
	} as const;
}

/** The tests' documents are theirs alone: the service is shipped without them. */
const config: CodegenConfig = {
	schema: 'schema/schema.graphql',
	ignoreNoDocuments: true,
	importExtension: '.ts',
	generates: {
		'src/generated/': typedDocuments('src/cli'),
		'tests/generated/': typedDocuments('tests'),
	},
};

export default config;
