import type { OutboundConfig } from '../../config.ts';
import type { OutsideChannel } from '../../conversations/outside.ts';
import type { Provider } from '../provider.ts';
import { createSmtpProvider } from './smtp.ts';
import { createTwilioProvider } from './twilio.ts';
import { createWebhookProvider } from './webhook.ts';

/** Those that are configured, for each channel in the order in which they are asked. */
export function createProviders(config: OutboundConfig): readonly Provider[] {
	const { timeoutMs, maxInFlight, isIdempotent, publicUrl, twilio, smtpUrl } = config;
	const webhook = (name: string, channels: readonly OutsideChannel[], url: URL | undefined) =>
		url && createWebhookProvider({ name, channels, url, isIdempotent, timeoutMs, maxInFlight });
	const configured = [
		webhook('webhook', ['SMS', 'MMS'], config.smsProviderUrl),
		twilio && createTwilioProvider({ ...twilio, publicUrl, timeoutMs, maxInFlight }),
		webhook('webhook-fallback', ['SMS', 'MMS'], config.smsFallbackProviderUrl),
		webhook('webhook-email', ['EMAIL'], config.emailProviderUrl),
		smtpUrl && createSmtpProvider({ url: smtpUrl, timeoutMs, maxInFlight }),
		webhook('webhook-email-fallback', ['EMAIL'], config.emailFallbackProviderUrl),
	];
	return configured.filter((provider) => provider !== undefined);
}
