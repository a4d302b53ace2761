import { fileURLToPath } from 'node:url';

/** A server to measure: a program that obeys PORT, HOST, DATABASE_URL, JWT_SECRET and LOG_LEVEL. */
export interface Variant {
	readonly name: string;
	/** Path of the program. */
	readonly entry: string;
	readonly env: Readonly<Record<string, string>>;
}

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const peer = (name: string, program: string, history: 'entities' | 'rows'): Variant => ({
	name,
	entry: path(`../peers/${program}.ts`),
	env: { PEER_HISTORY: history },
});

export const PEERS_DIRECTORY = path('../peers');

export const product: Variant = {
	name: 'product',
	entry: path('../../src/main.ts'),
	env: { LOG_FORMAT: 'json' },
};
/** Apollo Server, one MikroORM flush per message, history as entities. */
export const apolloFlush = peer('apollo-flush', 'apollo', 'entities');
export const apolloRows = peer('apollo-rows', 'apollo', 'rows');
/** graphql-yoga, one MikroORM flush per message. */
export const yogaFlush = peer('yoga-flush', 'yoga', 'entities');
/** Plain graphql-ws, beside graphql-yoga. */
export const graphqlWs = peer('graphql-ws', 'yoga', 'entities');
export const mercuriusJit = peer('mercurius-jit', 'mercurius', 'rows');
/** A bare `ws` server without GraphQL and without a database. */
export const rawWs = peer('raw-ws', 'raw-ws', 'rows');
