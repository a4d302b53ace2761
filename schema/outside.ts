import type { Channel as ChannelName } from '../src/conversations/model.ts';
import type { Attachment as AttachmentRow } from '../src/conversations/outside.ts';
import { builder } from './builder.ts';
import { Channel } from './conversation.ts';

export const Attachment = builder.objectRef<AttachmentRow>('Attachment').implement({
	description: 'A file that came or goes with a message. The service stores where it is, not the file.',
	fields: (t) => ({
		url: t.exposeString('url', { description: 'Where it is.' }),
		contentType: t.exposeString('contentType', {
			nullable: true,
			description: 'Its media type; null where it is not known.',
		}),
		size: t.exposeInt('size', {
			nullable: true,
			description: 'Its size in bytes; null where it is not known, or above 2,147,483,647.',
		}),
	}),
});

export interface ContactRow {
	readonly address: string;
	readonly channel: ChannelName;
}

export const Contact = builder.objectRef<ContactRow>('Contact').implement({
	description: 'Somebody outside, who writes through a provider and has no account here.',
	fields: (t) => ({
		address: t.exposeString('address', {
			description: 'Their telephone number (E.164) or email address (lower case).',
		}),
		channel: t.expose('channel', { type: Channel, description: 'The way they wrote: SMS, MMS or EMAIL.' }),
	}),
});
