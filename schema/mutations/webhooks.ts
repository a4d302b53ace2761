import { createWebhook } from '../../src/webhooks/create-webhook.ts';
import { deleteWebhook } from '../../src/webhooks/delete-webhook.ts';
import { redriveWebhookDelivery } from '../../src/webhooks/redrive-webhook-delivery.ts';
import { rotateWebhookSecret } from '../../src/webhooks/rotate-webhook-secret.ts';
import { updateWebhook } from '../../src/webhooks/update-webhook.ts';
import type {
	WebhookDelivery as WebhookDeliveryRow,
	Webhook as WebhookRow,
} from '../../src/webhooks/webhook.ts';
import { builder } from '../builder.ts';
import { mutationResult } from '../errors.ts';
import { fromGlobalId, ID_OF_NOTHING, toGlobalId } from '../ids.ts';
import { given } from '../input.ts';
import { Webhook, WebhookDelivery, WebhookEvent } from '../webhook.ts';

interface WebhookPayload {
	readonly webhook: WebhookRow;
}

interface SecretPayload extends WebhookPayload {
	readonly secret: string;
}

const SECRET =
	'The secret that its requests are signed with, as Standard Webhooks writes it: `whsec_` and base64. It is not shown again.';

const CreateWebhookInput = builder.inputType('CreateWebhookInput', {
	description: 'Where events are to be posted, and which.',
	fields: (t) => ({
		url: t.string({
			required: true,
			description:
				'An http or https URL of at most 2,048 characters, without user and password. It must not lead into a private ' +
				'network.',
		}),
		events: t.field({
			type: [WebhookEvent],
			required: true,
			description: 'Of what it is told: at least one.',
		}),
	}),
});

const CreateWebhookPayload = builder.objectRef<SecretPayload>('CreateWebhookPayload').implement({
	description: 'The webhook created, and its secret.',
	fields: (t) => ({
		webhook: t.expose('webhook', { type: Webhook, description: 'The new webhook.' }),
		secret: t.exposeString('secret', { description: SECRET }),
	}),
});

const CreateWebhookResult = mutationResult('CreateWebhook', CreateWebhookPayload);

const UpdateWebhookInput = builder.inputType('UpdateWebhookInput', {
	description: 'Which webhook to change, and how: what is left out stays as it is.',
	fields: (t) => ({
		webhookId: t.id({ required: true, description: "The webhook's id." }),
		url: t.string({ description: 'Where its events are posted from now on, those included that wait.' }),
		events: t.field({ type: [WebhookEvent], description: 'Of what it is told from now on: at least one.' }),
		enabled: t.boolean({
			description: 'Whether it is told at all; true also after the service disabled it.',
		}),
	}),
});

const UpdateWebhookPayload = builder.objectRef<WebhookPayload>('UpdateWebhookPayload').implement({
	description: 'The webhook changed.',
	fields: (t) => ({
		webhook: t.expose('webhook', { type: Webhook, description: 'The webhook as it is now.' }),
	}),
});

const UpdateWebhookResult = mutationResult('UpdateWebhook', UpdateWebhookPayload);

const DeleteWebhookInput = builder.inputType('DeleteWebhookInput', {
	description: 'Which webhook to delete.',
	fields: (t) => ({
		webhookId: t.id({ required: true, description: "The webhook's id." }),
	}),
});

const DeleteWebhookPayload = builder
	.objectRef<{ readonly webhookId: string }>('DeleteWebhookPayload')
	.implement({
		description: 'The webhook is gone.',
		fields: (t) => ({
			webhookId: t.id({
				description: 'The id that it had.',
				resolve: ({ webhookId }) => toGlobalId('Webhook', webhookId),
			}),
		}),
	});

const DeleteWebhookResult = mutationResult('DeleteWebhook', DeleteWebhookPayload);

const RotateWebhookSecretInput = builder.inputType('RotateWebhookSecretInput', {
	description: 'Whose secret to replace.',
	fields: (t) => ({
		webhookId: t.id({ required: true, description: "The webhook's id." }),
	}),
});

const RotateWebhookSecretPayload = builder.objectRef<SecretPayload>('RotateWebhookSecretPayload').implement({
	description: 'The webhook, and its new secret.',
	fields: (t) => ({
		webhook: t.expose('webhook', { type: Webhook, description: 'The webhook.' }),
		secret: t.exposeString('secret', { description: SECRET }),
	}),
});

const RotateWebhookSecretResult = mutationResult('RotateWebhookSecret', RotateWebhookSecretPayload);

const RedriveWebhookDeliveryInput = builder.inputType('RedriveWebhookDeliveryInput', {
	description: 'What to tell again.',
	fields: (t) => ({
		deliveryId: t.id({ required: true, description: "The delivery's id." }),
	}),
});

const RedriveWebhookDeliveryPayload = builder
	.objectRef<{ readonly delivery: WebhookDeliveryRow }>('RedriveWebhookDeliveryPayload')
	.implement({
		description: 'The delivery, queued again.',
		fields: (t) => ({
			delivery: t.expose('delivery', { type: WebhookDelivery, description: 'The delivery as it is now.' }),
		}),
	});

const RedriveWebhookDeliveryResult = mutationResult('RedriveWebhookDelivery', RedriveWebhookDeliveryPayload, [
	'DELIVERY_CONFLICT',
]);

builder.mutationFields((t) => ({
	createWebhook: t.field({
		type: CreateWebhookResult.type,
		description:
			'Have events of all conversations posted to a URL, from now on; nodes other than the one that answers begin some ' +
			'seconds later. Admins only.',
		args: { input: t.arg({ type: CreateWebhookInput, required: true, description: 'Where, and which.' }) },
		resolve: (_root, { input }, { webhooks, viewer, refusals, turns }) =>
			CreateWebhookResult.settle({ refusals, turns }, () => createWebhook(webhooks, viewer, input)),
	}),
	updateWebhook: t.field({
		type: UpdateWebhookResult.type,
		description: 'Change a webhook: where it is told, of what, or whether at all. Admins only.',
		args: { input: t.arg({ type: UpdateWebhookInput, required: true, description: 'Which, and how.' }) },
		resolve: (_root, { input }, { webhooks, viewer, refusals, turns }) =>
			UpdateWebhookResult.settle({ refusals, turns }, () => {
				const { webhookId, ...changes } = input;
				return updateWebhook(webhooks, viewer, {
					webhookId: fromGlobalId('Webhook', webhookId) ?? ID_OF_NOTHING,
					...given(changes),
				});
			}),
	}),
	deleteWebhook: t.field({
		type: DeleteWebhookResult.type,
		description: 'Delete a webhook: what waits is not told, and its deliveries are forgotten. Admins only.',
		args: { input: t.arg({ type: DeleteWebhookInput, required: true, description: 'Which.' }) },
		resolve: (_root, { input }, { webhooks, viewer, refusals, turns }) =>
			DeleteWebhookResult.settle({ refusals, turns }, () =>
				deleteWebhook(webhooks, viewer, {
					webhookId: fromGlobalId('Webhook', input.webhookId) ?? ID_OF_NOTHING,
				}),
			),
	}),
	rotateWebhookSecret: t.field({
		type: RotateWebhookSecretResult.type,
		description:
			"Replace a webhook's secret. For 24 hours the one before signs as well, so that a receiver can be changed over. " +
			'Admins only.',
		args: { input: t.arg({ type: RotateWebhookSecretInput, required: true, description: 'Whose.' }) },
		resolve: (_root, { input }, { webhooks, viewer, refusals, turns }) =>
			RotateWebhookSecretResult.settle({ refusals, turns }, () =>
				rotateWebhookSecret(webhooks, viewer, {
					webhookId: fromGlobalId('Webhook', input.webhookId) ?? ID_OF_NOTHING,
				}),
			),
	}),
	redriveWebhookDelivery: t.field({
		type: RedriveWebhookDeliveryResult.type,
		description: 'Tell a webhook again what it was given up on (DEAD). Admins only.',
		args: { input: t.arg({ type: RedriveWebhookDeliveryInput, required: true, description: 'What.' }) },
		resolve: (_root, { input }, { webhooks, viewer, refusals, turns }) =>
			RedriveWebhookDeliveryResult.settle({ refusals, turns }, () =>
				redriveWebhookDelivery(webhooks, viewer, {
					deliveryId: fromGlobalId('WebhookDelivery', input.deliveryId) ?? ID_OF_NOTHING,
				}),
			),
	}),
}));
