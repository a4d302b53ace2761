import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import type { ProtocolName } from './protocols.ts';

/** A server to measure: a program that obeys PORT, HOST, DATABASE_URL, JWT_SECRET and LOG_LEVEL. */
export interface Variant {
	readonly name: string;
	/** Path of the program. */
	readonly entry: string;
	/** Node's, as the program's own start has them. */
	readonly flags: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** By which it is followed. */
	readonly protocol: ProtocolName;
}

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const peer = (name: string, program: string, history: 'entities' | 'rows'): Variant => ({
	name,
	entry: path(`../peers/${program}.ts`),
	flags: [],
	env: { PEER_HISTORY: history },
	protocol: 'graphql-transport-ws',
});

export const PEERS_DIRECTORY = path('../peers');

export const product: Variant = {
	name: 'product',
	entry: path('../../src/main.ts'),
	flags: packageJson.scripts.start.split(' ').filter((word) => word.startsWith('--')),
	// One user may be all of a load.
	env: { LOG_FORMAT: 'json', MAX_OPERATIONS_PER_SECOND: '100000' },
	protocol: 'graphql-transport-ws',
};
/** The same program with one transaction for each message: what gathering them into one commit is worth. */
export const productSingly: Variant = {
	...product,
	name: 'product, one send a commit',
	env: { ...product.env, MAX_BATCH_SIZE: '1' },
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
/** Apollo Server, and graphql-ws beside it. */
export const apollo = peer('apollo', 'apollo-subscriptions', 'entities');
export const socketIo: Variant = { ...peer('socket.io', 'socket-io', 'rows'), protocol: 'socket.io' };
