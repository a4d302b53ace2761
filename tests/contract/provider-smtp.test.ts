import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { taking } from '../support/mail-play.ts';
import { REQUEST, SmtpSetup } from './smtp-setup.ts';

const here = new SmtpSetup();

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
		const { url, received } = await here.server();
		expect(await here.provider(url).send(REQUEST)).toEqual({
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
		const { url, received } = await here.server();
		const attachments = ['https://files.example/a.png', 'file:///etc/passwd'];
		await here.provider(url).send({ ...REQUEST, body: 'See', attachments });
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
		const { url, received } = await here.server();
		await here.provider(url).send({ ...REQUEST, body });
		const headers = headersOf(received[0]?.mail);
		expect(decodeWords(headers['Subject'])).toBe(subject);
		expect(headers).not.toHaveProperty('Bcc');
		expect(received[0]?.to).toEqual(['kim@customers.example']);
	});

	test('does not reach those whom an address smuggles in', async () => {
		const { url, received } = await here.server();
		await here.provider(url).send({ ...REQUEST, to: 'kim@customers.example, all@customers.example' });
		expect(received.flatMap(({ to }) => to)).not.toContain('all@customers.example');
	});

	test('is encrypted where the server offers it', async () => {
		const { url, received } = await here.server();
		await here.provider(url).send(REQUEST);
		expect(received[0]?.secure).toBe(true);
		await here.provider(new URL('?encrypt=false', url)).send(REQUEST);
		expect(received[1]?.secure).toBe(false);
	});

	test('is signed in with the password of the URL', async () => {
		const logins: unknown[] = [];
		const { url } = await here.server({
			authOptional: false,
			onAuth: ({ username, password }, _session, done) => {
				logins.push([username, password]);
				done(null, { user: username });
			},
		});
		const login = new URL(`smtp://pendo:p%40ss@127.0.0.1:${url.port}`);
		expect(await here.provider(login).send(REQUEST)).toMatchObject({ kind: 'accepted' });
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
		const { url, received } = await here.server({
			[hook]: (_address: unknown, _session: unknown, done: (error: Error) => void) =>
				done(refuse(code, 'not now')),
		});
		const outcome = await here.provider(url).send(REQUEST);
		expect(outcome).toMatchObject({ kind, error: `The mail server answered: ${code} not now` });
		if (outcome.kind === 'retry') expect(outcome.isProviderFault).toBe(false);
		expect(received).toEqual([]);
	});

	test.each([
		[554, 'rejected'],
		[552, 'rejected'],
		[452, 'retry'],
	])('of the text: %i', async (code, kind) => {
		const { url } = await here.server({
			onData: async (stream, _session, done) => {
				await text(stream);
				done(refuse(code, 'no'));
			},
		});
		expect(await here.provider(url).send(REQUEST)).toMatchObject({ kind });
	});

	test('is told of in short, and with nothing that moves a cursor', async () => {
		const { url } = await here.play((line) =>
			line.startsWith('RCPT') ? `550 \u001b[31m${'x'.repeat(1000)}` : '250 ok',
		);
		const outcome = await here.provider(url).send(REQUEST);
		expect(outcome).toMatchObject({
			kind: 'rejected',
			error: expect.stringMatching(/550 \\u001b\[31mx{100}/),
		});
		expect('error' in outcome ? outcome.error.length : 0).toBeLessThan(200);
	});

	test('of an address that is none needs no server', async () => {
		const { url, received } = await here.server();
		expect(await here.provider(url).send({ ...REQUEST, to: '' })).toMatchObject({ kind: 'rejected' });
		expect(received).toEqual([]);
	});

	test('of one mail leaves the next one alone', async () => {
		const { url } = await here.server({
			onRcptTo: ({ address }, _session, done) =>
				done(address.startsWith('nobody@') ? refuse(550, 'no') : null),
		});
		const provider = here.provider(url);
		expect(await provider.send({ ...REQUEST, to: 'nobody@customers.example' })).toMatchObject({
			kind: 'rejected',
		});
		expect(await provider.send(REQUEST)).toMatchObject({ kind: 'accepted' });
	});

	test('of the password is the fault of the settings, and repeats no password', async () => {
		const { url } = await here.server({
			authOptional: false,
			onAuth: (_login, _session, done) => done(refuse(535, 'Authentication failed')),
		});
		const login = new URL(`smtp://pendo:hush@127.0.0.1:${url.port}`);
		const outcome = await here.provider(login).send(REQUEST);
		expect(outcome).toEqual({
			kind: 'retry',
			error: 'The mail server answered: 535 Authentication failed',
			isProviderFault: true,
		});
	});

	test('of those who do not sign in is the fault of the settings', async () => {
		const { url } = await here.server({ authOptional: false });
		expect(await here.provider(url).send(REQUEST)).toMatchObject({ kind: 'retry', isProviderFault: true });
	});

	test.each([['421 too many'], ['554 no mail here'], ['HTTP/1.1 400 Bad Request']])(
		'of everybody by %s is tried again later',
		async (greeting) => {
			const { url } = await here.play(() => undefined, greeting);
			expect(await here.provider(url).send(REQUEST)).toMatchObject({ kind: 'retry', isProviderFault: true });
		},
	);

	test('by 421 after the text is one', async () => {
		const { url } = await here.play(taking(() => '421 closing'));
		expect(await here.provider(url).send(REQUEST)).toMatchObject({ kind: 'retry', isProviderFault: true });
	});
});
