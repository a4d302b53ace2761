import type { Provider, ProviderOutcome, ProviderRequest } from '../provider.ts';
import { excerpt } from './excerpt.ts';
import { mailOf } from './mail.ts';
import type { SmtpEnd, SmtpTransport } from './smtp-transport.ts';

export interface SmtpProviderOptions {
	/** As SMTP_URL is. */
	readonly url: URL;
	readonly timeoutMs: number;
	readonly maxInFlight: number;
}

/** Email through a mail server (RFC 5321). Its id of a message is the Message-ID. */
export function createSmtpProvider({ url, timeoutMs, maxInFlight }: SmtpProviderOptions): Provider {
	let opened: Promise<SmtpTransport> | undefined;
	/** nodemailer is big, and loaded only where it is used. */
	const open = async () => (await import('./smtp-transport.ts')).createSmtpTransport(url, maxInFlight);
	const closing = new AbortController();

	async function send(request: ProviderRequest): Promise<ProviderOutcome> {
		opened ??= open();
		const transport = await opened;
		const mail = mailOf(request);
		const late = new AbortController();
		const timer = setTimeout(() => late.abort(), timeoutMs);
		const end = await transport.send(mail, AbortSignal.any([late.signal, closing.signal]));
		clearTimeout(timer);
		if (end.kind === 'taken') return { kind: 'accepted', providerMessageId: mail.messageId };
		return outcomeOf(end, late.signal.aborted ? `it took longer than ${timeoutMs} ms` : end.code);
	}

	return {
		name: 'smtp',
		channels: ['EMAIL'],
		// A server may or may not know the Message-ID again.
		isIdempotent: false,
		send,
		close: async () => {
			closing.abort();
			(await opened)?.close();
		},
	};
}

type Failure = Extract<SmtpEnd, { kind: 'failed' }>;

function outcomeOf(end: Failure, reason: string): ProviderOutcome {
	if (end.reply !== undefined) return refusal(end, end.reply);
	if (end.wasTextSent)
		return {
			kind: 'unknown',
			error: `The mail server did not say whether it took the mail (${reason}).`,
			isProviderFault: true,
		};
	// Its size, or what the server cannot address: seen before anything was sent.
	if (concernsMail(end))
		return { kind: 'rejected', error: `The mail server cannot take the mail (${reason}).` };
	return { kind: 'retry', error: `The mail server could not be used (${reason}).`, isProviderFault: true };
}

/** Sign-in or encryption is wanted (RFC 4954, 6): the configuration's fault. 503: the session has lost its thread. */
const SESSION_CODES = new Set([421, 503, 530, 534, 535, 538]);

/** RFC 5321, 4.2.1: 4yz may be otherwise later, 5yz will not. Whatever came before, a refused mail was not taken. */
function refusal(end: Failure, { code, text }: NonNullable<Failure['reply']>): ProviderOutcome {
	const error = `The mail server answered: ${excerpt(text)}`;
	const isProviderFault = !concernsMail(end) || SESSION_CODES.has(code);
	if (isProviderFault || code < 500) return { kind: 'retry', error, isProviderFault };
	return { kind: 'rejected', error };
}

/** This mail, and not the connection or the session that it was to go over. */
function concernsMail({ code }: Failure): boolean {
	return code === 'EENVELOPE' || code === 'EMESSAGE';
}
