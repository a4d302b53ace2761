import { InvalidInputError } from '../src/conversations/errors.ts';
import { LIMITS } from '../src/conversations/limits.ts';
import type { Conversation, Message } from '../src/conversations/model.ts';
import type { Reader } from '../src/conversations/reader.ts';
import type { User } from '../src/identity/viewer.ts';
import { builder, VIEWER_DEPENDENT } from './builder.ts';
import { fromGlobalId, type NodeType } from './ids.ts';

type NodeRow = User | Conversation | Message;

const LOADERS: Record<NodeType, (reader: Reader, id: string) => Promise<NodeRow | undefined>> = {
	User: (reader, id) => reader.visibleUser(id),
	Conversation: (reader, id) => reader.conversation(id),
	Message: (reader, id) => reader.message(id),
};

const NODE_TYPES = ['User', 'Conversation', 'Message'] as const satisfies NodeType[];

function typeOfRow(row: NodeRow): NodeType {
	if ('body' in row) return 'Message';
	return 'role' in row ? 'User' : 'Conversation';
}

/** Null for what does not decode, does not exist or is not the viewer's to see: all look the same. */
async function loadNode(reader: Reader, globalId: string): Promise<NodeRow | null> {
	for (const type of NODE_TYPES) {
		const id = fromGlobalId(type, globalId);
		if (id !== undefined) return (await LOADERS[type](reader, id)) ?? null;
	}
	return null;
}

export const Node = builder.interfaceRef<NodeRow>('Node').implement({
	description: 'Anything that has a global id (Relay).',
	resolveType: typeOfRow,
	fields: (t) => ({
		id: t.id({
			description: 'Opaque and the same for ever; `node(id:)` finds the object by it.',
			resolve: () => {
				throw new Error('Every type with a global id resolves its own.');
			},
		}),
	}),
});

builder.queryFields((t) => ({
	node: t.field({
		type: Node,
		nullable: true,
		description: 'What has this id; null where there is none or the viewer may not see it.',
		extensions: VIEWER_DEPENDENT,
		args: { id: t.arg.id({ required: true, description: 'A global id.' }) },
		resolve: (_root, { id }, { reader }) => loadNode(reader, id),
	}),
	nodes: t.field({
		type: [Node],
		nullable: { list: false, items: true },
		description:
			'What has these ids, in their order; null at the place of each that does not exist or that the viewer may not see.',
		extensions: VIEWER_DEPENDENT,
		args: { ids: t.arg.idList({ required: true, description: 'Global ids, at most 100.' }) },
		resolve: (_root, { ids }, { reader }) => {
			if (ids.length > LIMITS.pageSize)
				throw new InvalidInputError('ids', `ids must have at most ${LIMITS.pageSize} entries.`);
			return Promise.all(ids.map((id) => loadNode(reader, id)));
		},
	}),
}));
