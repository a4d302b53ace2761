import { Readable } from 'node:stream';
import { createTransport, type NodemailerError } from 'nodemailer';
import { isLoopback } from '../../config/values.ts';
import type { Mail } from './mail.ts';

/** An idle connection is left before a server is likely to close it. */
const IDLE_MS = 30_000;

/** How a mail ended. */
export type SmtpEnd =
	| { readonly kind: 'taken' }
	/** `reply` is the server's refusal, if it gave one. */
	| {
			readonly kind: 'failed';
			readonly reply: { readonly code: number; readonly text: string } | undefined;
			/** Of the fault, for people. */
			readonly code: string;
			/** Its text had begun to go out: the server may have it. */
			readonly wasTextSent: boolean;
	  };

/** Connections to a mail server. */
export interface SmtpTransport {
	/** Never rejects. `signal` ends it at once, and its connection. */
	send(mail: Mail, signal: AbortSignal): Promise<SmtpEnd>;
	close(): void;
}

/** `url` as SMTP_URL is. */
export function createSmtpTransport(url: URL, maxConnections: number): SmtpTransport {
	const transport = createTransport({
		pool: true,
		maxConnections,
		// A connection that was found to be dead before the text went out is replaced once.
		maxRequeues: 1,
		idleTimeout: IDLE_MS,
		host: url.hostname.replace(/^\[|\]$/g, ''),
		port: Number(url.port) || (url.protocol === 'smtps:' ? 465 : 587),
		secure: url.protocol === 'smtps:',
		...encryption(url),
		...(url.username !== '' && {
			auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
		}),
		disableFileAccess: true,
		disableUrlAccess: true,
	});
	/** The ids of mails whose text has begun to go out. */
	const onTheirWay = new Set<string>();
	transport.use('stream', ({ data: { messageId }, message }, done) => {
		if (typeof messageId === 'string')
			message?.processFunc((text) => onFirstRead(text, () => onTheirWay.add(messageId)));
		done();
	});
	return {
		send: async ({ from, to, ...mail }, signal) => {
			try {
				// As objects, addresses are not read as lists.
				await transport.sendMail({ ...mail, from: party(from), to: party(to), xMailer: false, signal });
				return { kind: 'taken' };
			} catch (error) {
				return { kind: 'failed', ...readError(error), wasTextSent: onTheirWay.has(mail.messageId) };
			} finally {
				onTheirWay.delete(mail.messageId);
			}
		},
		close: () => transport.close(),
	};
}

/** Nobody listens on a line within this machine, and nobody certifies its name. Elsewhere encryption is a must, or off. */
function encryption({ hostname, searchParams }: URL) {
	if (searchParams.get('encrypt') === 'false') return { ignoreTLS: true };
	return isLoopback(hostname) ? { tls: { rejectUnauthorized: false } } : { requireTLS: true };
}

function party(address: string) {
	return { name: '', address };
}

function onFirstRead(input: Readable, mark: () => void): Readable {
	async function* read() {
		mark();
		yield* input;
	}
	return Readable.from(read(), { objectMode: false });
}

function readError(error: unknown): Pick<Extract<SmtpEnd, { kind: 'failed' }>, 'reply' | 'code'> {
	if (!isNodemailerError(error)) return { reply: undefined, code: 'unknown' };
	const { responseCode, response, originalCode, code, name } = error;
	const isRefusal = responseCode !== undefined && responseCode >= 400 && responseCode < 600;
	return {
		reply: isRefusal ? { code: responseCode, text: response ?? '' } : undefined,
		code: originalCode ?? code ?? name,
	};
}

function isNodemailerError(error: unknown): error is NodemailerError {
	return error instanceof Error;
}
