import type { Message as MessageRow } from '../../src/conversations/model.ts';
import { cancelDelivery } from '../../src/outbound/cancel-delivery.ts';
import { redriveDelivery } from '../../src/outbound/redrive-delivery.ts';
import { sendOutboundMessage } from '../../src/outbound/send-outbound-message.ts';
import { builder } from '../builder.ts';
import { mutationResult } from '../errors.ts';
import { requireId } from '../ids.ts';
import { Message } from '../message.ts';
import { outboundInput, SendOutboundMessageInput } from '../outbound.ts';

interface MessagePayload {
	readonly message: MessageRow;
}

const SendOutboundMessagePayload = builder.objectRef<MessagePayload>('SendOutboundMessagePayload').implement({
	description: 'The message: it is stored, and on its way from now on.',
	fields: (t) => ({
		message: t.expose('message', {
			type: Message,
			description: 'The message, as it is now; `delivery` says how it fares.',
		}),
	}),
});

const SendOutboundMessageResult = mutationResult('SendOutboundMessage', SendOutboundMessagePayload, [
	'IDEMPOTENCY_CONFLICT',
	'CONVERSATION_CLOSED',
	'CONTACT_OPTED_OUT',
]);

const RedriveDeliveryInput = builder.inputType('RedriveDeliveryInput', {
	description: 'Which message to try again.',
	fields: (t) => ({
		messageId: t.id({ required: true, description: "The message's id." }),
	}),
});

const RedriveDeliveryPayload = builder.objectRef<MessagePayload>('RedriveDeliveryPayload').implement({
	description: 'The message queued again.',
	fields: (t) => ({
		message: t.expose('message', { type: Message, description: 'The message, QUEUED or further.' }),
	}),
});

const RedriveDeliveryResult = mutationResult('RedriveDelivery', RedriveDeliveryPayload, [
	'DELIVERY_CONFLICT',
]);

const CancelDeliveryInput = builder.inputType('CancelDeliveryInput', {
	description: 'Which message to call off.',
	fields: (t) => ({
		messageId: t.id({ required: true, description: "The message's id." }),
	}),
});

const CancelDeliveryPayload = builder.objectRef<MessagePayload>('CancelDeliveryPayload').implement({
	description: 'The message called off.',
	fields: (t) => ({
		message: t.expose('message', { type: Message, description: 'The message, CANCELED.' }),
	}),
});

const CancelDeliveryResult = mutationResult('CancelDelivery', CancelDeliveryPayload, ['DELIVERY_CONFLICT']);

builder.mutationFields((t) => ({
	sendOutboundMessage: t.field({
		type: SendOutboundMessageResult.type,
		description:
			'Send a message to somebody outside, by SMS, MMS or email. Agents only. Once this answers, the message is stored; ' +
			'it goes out by itself, and DeliveryChanged events say how it fares. All between the same two addresses, in either ' +
			'direction, is one conversation for SMS and MMS, and one for email: the first message makes it, and one that was ' +
			'RESOLVED is OPEN again. Give a clientMessageId and a retry never sends it twice.',
		args: {
			input: t.arg({
				type: SendOutboundMessageInput,
				required: true,
				description: 'What, from whom, and to whom.',
			}),
		},
		resolve: (_root, { input }, { outbound, viewer, reader, refusals, turns }) =>
			SendOutboundMessageResult.settle({ refusals, turns }, async () => {
				const sent = await sendOutboundMessage(outbound, viewer, outboundInput(input));
				reader.remember(sent);
				return sent;
			}),
	}),
	redriveDelivery: t.field({
		type: RedriveDeliveryResult.type,
		description:
			'Queue a message again that is DEAD, FAILED or UNKNOWN, for as many attempts as at first. Agents only. Of an ' +
			'UNKNOWN one the contact may get a second copy: the provider may have taken the first.',
		args: { input: t.arg({ type: RedriveDeliveryInput, required: true, description: 'Which.' }) },
		resolve: (_root, { input }, { outbound, viewer, reader, refusals, turns }) =>
			RedriveDeliveryResult.settle({ refusals, turns }, async () => {
				const redriven = await redriveDelivery(outbound, viewer, {
					messageId: requireId('Message', input.messageId),
				});
				reader.remember(redriven);
				return redriven;
			}),
	}),
	cancelDelivery: t.field({
		type: CancelDeliveryResult.type,
		description:
			'Call a message off that is QUEUED or RETRYING, so that no provider is asked any more, or dismiss a dead letter (DEAD, ' +
			'FAILED, UNKNOWN). Agents only. Canceling twice is no error. While a provider is being asked (SENDING) it is too late.',
		args: { input: t.arg({ type: CancelDeliveryInput, required: true, description: 'Which.' }) },
		resolve: (_root, { input }, { outbound, viewer, reader, refusals, turns }) =>
			CancelDeliveryResult.settle({ refusals, turns }, async () => {
				const canceled = await cancelDelivery(outbound, viewer, {
					messageId: requireId('Message', input.messageId),
				});
				reader.remember(canceled);
				return canceled;
			}),
	}),
}));
