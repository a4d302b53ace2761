import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';

/**
 * Whether Twilio itself made a request: its `X-Twilio-Signature` is over the address that Twilio called, as Twilio knows
 * it (see `publicAddress`), and the form that it posted.
 */
export function verifyTwilioSignature(
	authToken: string,
	url: string,
	params: Readonly<Record<string, string>>,
	header: string | undefined,
): boolean {
	return header !== undefined && validateRequest(authToken, header, url, params);
}
