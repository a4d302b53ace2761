import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './index.ts';

const HEADER = '# Generated from the Pothos schema by `npm run codegen`. Do not edit.\n\n';

/** The schema as it stands in schema.graphql: sorted, so that moving a type in the code changes nothing. */
function printSorted(source: GraphQLSchema): string {
	return `${HEADER}${printSchema(lexicographicSortSchema(source))}\n`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, 'schema.graphql'), printSorted(schema));
