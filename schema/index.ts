import './user.ts';
import './conversation.ts';
import './membership.ts';
import './message.ts';
import './event.ts';
import './health.ts';
import './mutations/attention.ts';
import './mutations/conversations.ts';
import './mutations/members.ts';
import './mutations/messages.ts';
import './mutations/webhooks.ts';
import './mutations/outbound.ts';
import './outbound.ts';
import './subscriptions.ts';
import './webhook.ts';
import { builder } from './builder.ts';
import { withPlainReads } from './plain-reads.ts';

export const schema = withPlainReads(builder.toSchema());
