import { OPERATIONS } from './operations.ts';

export type ProtocolName = 'graphql-transport-ws' | 'socket.io';

export interface Following {
	readonly token: string;
	readonly conversationId: string;
	/** The last sequence that it has; undefined: from now on. */
	readonly after: number | undefined;
	/** Where set, its document is another one than those of other followers. */
	readonly document: number | undefined;
}

/** How a follower says what it wants. */
export interface Protocol {
	readonly subprotocol: string | undefined;
	/** The URL of the socket. */
	urlOf(endpoint: string): string;
	/** What the client says next, each after an answer to the one before; the first answer may come unasked. */
	readonly greeting: (following: Following) => readonly Step[];
	/** What to answer to a message that may come at any time. */
	reply(message: string): string | undefined;
	/** The event in a message's text. */
	eventOf(text: string): { readonly sequence: number; readonly occurredAt: string } | undefined;
}

/** Says `say`, if anything, and waits for a message that begins with `expect`; without one it does not wait. */
export interface Step {
	readonly say?: string;
	readonly expect?: string;
}

const graphqlTransportWs: Protocol = {
	subprotocol: 'graphql-transport-ws',
	urlOf: (endpoint) => endpoint,
	greeting: ({ token, conversationId, after, document }) => [
		{
			say: JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }),
			expect: '{"type":"connection_ack"',
		},
		{
			say: JSON.stringify({
				// As graphql-ws' own client makes them.
				id: crypto.randomUUID(),
				type: 'subscribe',
				payload: {
					query: queryOf(after, document),
					variables: { conversationId, ...(after !== undefined && { after }) },
				},
			}),
		},
	],
	reply: (message) => (message.startsWith('{"type":"ping"') ? '{"type":"pong"}' : undefined),
	eventOf: (text) => JSON.parse(text).payload?.data?.conversationEvents,
};

function queryOf(after: number | undefined, document: number | undefined): string {
	const query = after === undefined ? OPERATIONS.Follow : OPERATIONS.Resume;
	return document === undefined
		? query
		: query.replace('occurredAt', `occurredAt kind${document}: __typename`);
}

/** Engine.IO 4 and Socket.IO 5: a packet is its type's digits and JSON behind them. */
const socketIo: Protocol = {
	subprotocol: undefined,
	urlOf: (endpoint) => `${endpoint}/?EIO=4&transport=websocket`,
	greeting: ({ token, conversationId }) => [
		{ expect: '0{' },
		{ say: `40${JSON.stringify({ authorization: `Bearer ${token}` })}`, expect: '40{' },
		{ say: `420${JSON.stringify(['follow', conversationId])}`, expect: '430' },
	],
	reply: (message) => (message === '2' ? '3' : undefined),
	eventOf: (text) => JSON.parse(text.slice(2))[1],
};

export const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
	'graphql-transport-ws': graphqlTransportWs,
	'socket.io': socketIo,
};
