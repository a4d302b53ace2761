import type { ConversationActivity as ActivityRow } from '../src/live/activity.ts';
import { builder } from './builder.ts';
import { User } from './user.ts';

type OfType<Type extends ActivityRow['type']> = Extract<ActivityRow, { type: Type }>;

const TypingChanged = builder.objectRef<OfType<'TypingChanged'>>('TypingChanged').implement({
	description: 'Somebody began or stopped typing.',
	fields: (t) => ({
		user: t.expose('user', { type: User, description: 'Who.' }),
		typing: t.exposeBoolean('typing', { description: 'Whether they type now.' }),
	}),
});

const PresenceChanged = builder.objectRef<OfType<'PresenceChanged'>>('PresenceChanged').implement({
	description: 'Somebody came, or went.',
	fields: (t) => ({
		user: t.expose('user', { type: User, description: 'Who.' }),
		online: t.exposeBoolean('online', { description: 'Whether they follow the conversation now.' }),
	}),
});

const ReadMarkerMoved = builder.objectRef<OfType<'ReadMarkerMoved'>>('ReadMarkerMoved').implement({
	description: 'Somebody has read on.',
	fields: (t) => ({
		user: t.expose('user', { type: User, description: 'Who.' }),
		sequence: t.exposeInt('sequence', { description: 'How far they have read.' }),
	}),
});

export const ConversationActivity = builder.unionType('ConversationActivity', {
	description: 'What is not kept: who types, who is there, how far others have read.',
	types: [TypingChanged, PresenceChanged, ReadMarkerMoved],
	resolveType: (activity) => activity.type,
});
