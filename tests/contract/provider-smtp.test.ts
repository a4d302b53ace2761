import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Provider, ProviderRequest } from '../../src/outbound/provider.ts';
import { createSmtpProvider } from '../../src/outbound/providers/smtp.ts';
import { freePort } from '../support/free-port.ts';
import { type MailPlay, type Play, startPlay, taking } from '../support/mail-play.ts';

const TIMEOUT_MS = 60_000;

const REQUEST: ProviderRequest = {
	id: 'msg_0197-1',
	from: 'help@pendo.example',
	to: 'kim@customers.example',
	channel: 'EMAIL',
	body: 'Your order 😀\n.\nis on its way.',
	attachments: [],
	timestamp: new Date('2025-05-21T18:00:00Z'),
};

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
	vi.useRealTimers();
	for (const stop of stops.splice(0).reverse()) await stop();
});

interface Received {
	readonly from: string | undefined;
	readonly to: readonly string[];
	readonly mail: string;
	readonly secure: boolean;
}

/** A mail server that takes everything but for what `options` say. */
async function startMailServer(options: SMTPServerOptions = {}) {
	const received: Received[] = [];
	const server = new SMTPServer({
		authOptional: true,
		onData: async (stream, { envelope, secure }, done) => {
			const mail = await text(stream);
			const from = envelope.mailFrom ? envelope.mailFrom.address : undefined;
			received.push({ from, to: envelope.rcptTo.map(({ address }) => address), mail, secure });
			done();
		},
		...options,
	});
	server.on('error', () => {});
	server.listen(0, '127.0.0.1');
	await once(server.server, 'listening');
	stops.push(() => new Promise((resolve) => server.close(resolve)));
	const { port } = server.server.address() as AddressInfo;
	return { url: new URL(`smtp://127.0.0.1:${port}`), received, server };
}

async function playing(play: Play, greeting?: string): Promise<MailPlay> {
	const mailPlay = await startPlay(play, greeting);
	stops.push(() => mailPlay.stop());
	return mailPlay;
}

function providerAt(url: URL): Provider {
	const provider = createSmtpProvider({ url, timeoutMs: TIMEOUT_MS, maxInFlight: 2 });
	stops.push(() => provider.close());
	return provider;
}

function refuse(responseCode: number, message: string): Error {
	return Object.assign(new Error(message), { responseCode });
}

/** Its header lines, unfolded, by name. */
function headersOf(mail = ''): Record<string, string> {
	const [head = ''] = mail.split('\r\n\r\n', 1);
	const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
	return Object.fromEntries(lines.map((line) => line.split(/: (.*)/s, 2)));
}

/** RFC 2047, as nodemailer uses it. */
function decodeWords(header = ''): string {
	return header.replace(/=\?UTF-8\?Q\?(.*?)\?=\s*/g, (_all, word: string) =>
		decodeURIComponent(word.replaceAll('_', ' ').replaceAll('=', '%')),
	);
}

describe('a mail', () => {
	test('goes out with the id and the time of the message, and its first line as subject', async () => {
		const { url, received } = await startMailServer();
		expect(await providerAt(url).send(REQUEST)).toEqual({
			kind: 'accepted',
			providerMessageId: '<msg_0197-1@pendo.example>',
		});
		const [{ mail, ...envelope } = { mail: '' }] = received;
		expect(envelope).toMatchObject({ from: 'help@pendo.example', to: ['kim@customers.example'] });
		expect(headersOf(mail)).toMatchObject({
			From: 'help@pendo.example',
			To: 'kim@customers.example',
			'Message-ID': '<msg_0197-1@pendo.example>',
			Date: 'Wed, 21 May 2025 18:00:00 +0000',
			Subject: '=?UTF-8?Q?Your_order_=F0=9F=98=80?=',
		});
		expect(Object.keys(headersOf(mail))).not.toContain('X-Mailer');
	});

	test('has its attachments as links', async () => {
		const { url, received } = await startMailServer();
		const attachments = ['https://files.example/a.png', 'file:///etc/passwd'];
		await providerAt(url).send({ ...REQUEST, body: 'See', attachments });
		expect(received[0]?.mail).toMatch(
			/\r\n\r\nSee\r\n\r\nhttps:\/\/files\.example\/a\.png\r\nfile:\/\/\/etc\/passwd\r\n$/,
		);
	});

	test.each([
		['\n \t\nHello\nthere', 'Hello'],
		['', '(no subject)'],
		['Hi\rBcc: all@customers.example', 'Hi'],
		['Hi\u2028Bcc: all@customers.example', 'Hi'],
		['Hi\u0000\u001b there', 'Hi there'],
		['x'.repeat(79), `${'x'.repeat(77)}…`],
		['x'.repeat(78), 'x'.repeat(78)],
	])('with the body %j has the subject %j', async (body, subject) => {
		const { url, received } = await startMailServer();
		await providerAt(url).send({ ...REQUEST, body });
		const headers = headersOf(received[0]?.mail);
		expect(decodeWords(headers['Subject'])).toBe(subject);
		expect(headers).not.toHaveProperty('Bcc');
		expect(received[0]?.to).toEqual(['kim@customers.example']);
	});

	test('does not reach those whom an address smuggles in', async () => {
		const { url, received } = await startMailServer();
		await providerAt(url).send({ ...REQUEST, to: 'kim@customers.example, all@customers.example' });
		expect(received.flatMap(({ to }) => to)).not.toContain('all@customers.example');
	});

	test('is encrypted where the server offers it', async () => {
		const { url, received } = await startMailServer();
		await providerAt(url).send(REQUEST);
		expect(received[0]?.secure).toBe(true);
		await providerAt(new URL('?encrypt=false', url)).send(REQUEST);
		expect(received[1]?.secure).toBe(false);
	});

	test('is signed in with the password of the URL', async () => {
		const logins: unknown[] = [];
		const { url } = await startMailServer({
			authOptional: false,
			onAuth: ({ username, password }, _session, done) => {
				logins.push([username, password]);
				done(null, { user: username });
			},
		});
		const login = new URL(`smtp://pendo:p%40ss@127.0.0.1:${url.port}`);
		expect(await providerAt(login).send(REQUEST)).toMatchObject({ kind: 'accepted' });
		expect(logins).toEqual([['pendo', 'p@ss']]);
	});
});

describe('a refusal', () => {
	test.each([
		['of the sender', 'onMailFrom', 550, 'rejected'],
		['of the sender for a while', 'onMailFrom', 451, 'retry'],
		['of the recipient', 'onRcptTo', 550, 'rejected'],
		['of the recipient for a while (greylisting)', 'onRcptTo', 450, 'retry'],
	] as const)('%s: %s %i', async (_what, hook, code, kind) => {
		const { url, received } = await startMailServer({
			[hook]: (_address: unknown, _session: unknown, done: (error: Error) => void) =>
				done(refuse(code, 'not now')),
		});
		const outcome = await providerAt(url).send(REQUEST);
		expect(outcome).toMatchObject({ kind, error: `The mail server answered: ${code} not now` });
		if (outcome.kind === 'retry') expect(outcome.isProviderFault).toBe(false);
		expect(received).toEqual([]);
	});

	test.each([
		[554, 'rejected'],
		[552, 'rejected'],
		[452, 'retry'],
	])('of the text: %i', async (code, kind) => {
		const { url } = await startMailServer({
			onData: async (stream, _session, done) => {
				await text(stream);
				done(refuse(code, 'no'));
			},
		});
		expect(await providerAt(url).send(REQUEST)).toMatchObject({ kind });
	});

	test('is told of in short, and with nothing that moves a cursor', async () => {
		const { url } = await playing((line) =>
			line.startsWith('RCPT') ? `550 \u001b[31m${'x'.repeat(1000)}` : '250 ok',
		);
		const outcome = await providerAt(url).send(REQUEST);
		expect(outcome).toMatchObject({
			kind: 'rejected',
			error: expect.stringMatching(/550 \\u001b\[31mx{100}/),
		});
		expect('error' in outcome ? outcome.error.length : 0).toBeLessThan(200);
	});

	test('of an address that is none needs no server', async () => {
		const { url, received } = await startMailServer();
		expect(await providerAt(url).send({ ...REQUEST, to: '' })).toMatchObject({ kind: 'rejected' });
		expect(received).toEqual([]);
	});

	test('of one mail leaves the next one alone', async () => {
		const { url } = await startMailServer({
			onRcptTo: ({ address }, _session, done) =>
				done(address.startsWith('nobody@') ? refuse(550, 'no') : null),
		});
		const provider = providerAt(url);
		expect(await provider.send({ ...REQUEST, to: 'nobody@customers.example' })).toMatchObject({
			kind: 'rejected',
		});
		expect(await provider.send(REQUEST)).toMatchObject({ kind: 'accepted' });
	});

	test('of the password is the fault of the settings, and repeats no password', async () => {
		const { url } = await startMailServer({
			authOptional: false,
			onAuth: (_login, _session, done) => done(refuse(535, 'Authentication failed')),
		});
		const login = new URL(`smtp://pendo:hush@127.0.0.1:${url.port}`);
		const outcome = await providerAt(login).send(REQUEST);
		expect(outcome).toEqual({
			kind: 'retry',
			error: 'The mail server answered: 535 Authentication failed',
			isProviderFault: true,
		});
	});

	test('of those who do not sign in is the fault of the settings', async () => {
		const { url } = await startMailServer({ authOptional: false });
		expect(await providerAt(url).send(REQUEST)).toMatchObject({ kind: 'retry', isProviderFault: true });
	});

	test.each([['421 too many'], ['554 no mail here'], ['HTTP/1.1 400 Bad Request']])(
		'of everybody by %s is tried again later',
		async (greeting) => {
			const { url } = await playing(() => undefined, greeting);
			expect(await providerAt(url).send(REQUEST)).toMatchObject({ kind: 'retry', isProviderFault: true });
		},
	);

	test('by 421 after the text is one', async () => {
		const { url } = await playing(taking(() => '421 closing'));
		expect(await providerAt(url).send(REQUEST)).toMatchObject({ kind: 'retry', isProviderFault: true });
	});
});

describe('a connection', () => {
	test('is used again', async () => {
		const { url, server, received } = await startMailServer();
		const provider = providerAt(url);
		let taken = 0;
		server.server.on('connection', () => taken++);
		for (let number = 0; number < 5; number++) await provider.send(REQUEST);
		expect(received).toHaveLength(5);
		expect(taken).toBeLessThanOrEqual(2);
	});

	test('that is refused is tried again later', async () => {
		const closed = new URL(`smtp://pendo:hush@127.0.0.1:${await freePort()}`);
		expect(await providerAt(closed).send(REQUEST)).toEqual({
			kind: 'retry',
			error: 'The mail server could not be used (ECONNREFUSED).',
			isProviderFault: true,
		});
	});

	test('to a name that nobody has is tried again later', async () => {
		expect(await providerAt(new URL('smtp://nobody.invalid')).send(REQUEST)).toMatchObject({
			kind: 'retry',
			isProviderFault: true,
		});
	});

	test('to a server that speaks no TLS is tried again later', async () => {
		const { url } = await playing(taking(() => '250 ok'));
		const secure = new URL(`smtps://127.0.0.1:${url.port}`);
		expect(await providerAt(secure).send(REQUEST)).toMatchObject({ kind: 'retry', isProviderFault: true });
	});

	test('that is lost before the text is tried again later', async () => {
		const { url } = await playing((line, socket) => {
			if (!line.startsWith('RCPT')) return '250 ok';
			socket.resetAndDestroy();
			return undefined;
		});
		expect(await providerAt(url).send(REQUEST)).toMatchObject({ kind: 'retry', isProviderFault: true });
	});

	test('that is lost after the text leaves it open', async () => {
		let mails = 0;
		const { url } = await playing(
			taking((_mail, socket) => {
				mails++;
				socket.resetAndDestroy();
				return undefined;
			}),
		);
		expect(await providerAt(url).send(REQUEST)).toMatchObject({ kind: 'unknown', isProviderFault: true });
		expect(mails).toBe(1);
	});

	test.each([['354 what?'], ['hello'], ['999 rubbish']])(
		'that brings %s after the text leaves it open',
		async (answer) => {
			const { url } = await playing(taking(() => answer));
			expect(await providerAt(url).send(REQUEST)).toMatchObject({ kind: 'unknown' });
		},
	);

	test('is let go', async () => {
		const { url, server } = await startMailServer();
		const provider = providerAt(url);
		const connected = once(server.server, 'connection');
		await provider.send(REQUEST);
		const [socket] = await connected;
		const closed = new Promise((resolve) => socket.once('close', resolve));
		await provider.close();
		await closed;
		expect(await provider.send(REQUEST)).toMatchObject({ kind: 'retry' });
	});
});

describe('within its time', () => {
	/** Sends, and lets the provider's time run out once `reached`. */
	async function sendUntil(provider: Provider, reached: Promise<unknown>) {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		const outcome = provider.send(REQUEST);
		await reached;
		vi.advanceTimersByTime(TIMEOUT_MS);
		return outcome;
	}

	test('a mail without an answer ends open', async () => {
		const { promise, resolve } = Promise.withResolvers<void>();
		const { url } = await playing(
			taking(() => {
				resolve();
				return undefined;
			}),
		);
		expect(await sendUntil(providerAt(url), promise)).toEqual({
			kind: 'unknown',
			error: `The mail server did not say whether it took the mail (it took longer than ${TIMEOUT_MS} ms).`,
			isProviderFault: true,
		});
	});

	test('a server that does not greet got nothing', async () => {
		const { url, connection } = await playing(() => undefined, '');
		expect(await sendUntil(providerAt(url), connection())).toEqual({
			kind: 'retry',
			error: `The mail server could not be used (it took longer than ${TIMEOUT_MS} ms).`,
			isProviderFault: true,
		});
	});
});
