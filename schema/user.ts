import type { UserCursor } from '../src/conversations/pages.ts';
import { isUuid } from '../src/conversations/public-ids.ts';
import type { User as UserRow } from '../src/identity/viewer.ts';
import { builder, VIEWER_DEPENDENT } from './builder.ts';
import { toGlobalId } from './ids.ts';
import { Node } from './node.ts';
import { type CursorKind, connection, pageRequest, parsePair, printPair } from './pages.ts';

const USERS: CursorKind<UserRow, UserCursor> = {
	name: 'users',
	print: (user) => printPair(user.name, user.id),
	parse: (text) => {
		const [name, id] = parsePair(text) ?? [];
		return name !== undefined && isUuid(id) ? { name, id } : undefined;
	},
};

export const Role = builder.enumType('Role', {
	description: 'What a token says its bearer is.',
	values: {
		CUSTOMER: { description: 'Sees the conversations that they are a member of.' },
		AGENT: { description: 'Staff: sees every conversation and its notes.' },
		ADMIN: { description: 'Staff who also configure the service and read its logs.' },
	} as const,
});

export const User = builder.objectRef<UserRow>('User').implement({
	description: 'Somebody who has signed in or was added by their subject.',
	interfaces: [Node],
	fields: (t) => ({
		id: t.id({ description: 'The global id.', resolve: (user) => toGlobalId('User', user.id) }),
		subject: t.exposeString('subject', {
			description: 'The `sub` of their tokens: who they are to the system that signs the tokens.',
		}),
		name: t.exposeString('name', { description: 'What to show for them.' }),
		role: t.expose('role', { type: Role, description: 'What their newest token said they are.' }),
	}),
});

builder.queryFields((t) => ({
	viewer: t.field({
		type: User,
		description: 'Who asks.',
		extensions: VIEWER_DEPENDENT,
		resolve: (_root, _args, { viewer }) => viewer.user,
	}),
	users: t.connection({
		type: User,
		description: 'All users by name. Agents only; for others an error FORBIDDEN.',
		args: {
			search: t.arg.string({
				description: 'Only those with this text in their name or subject, at most 100 characters.',
			}),
		},
		resolve: async (_root, { search, ...args }, { reader }) => {
			const request = pageRequest(USERS, args);
			return connection(USERS, request, await reader.users(search ?? undefined, request));
		},
	}),
}));
