import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import type { Provider } from '../../src/outbound/provider.ts';
import { createSmtpProvider } from '../../src/outbound/providers/smtp.ts';
import { freePort } from '../support/free-port.ts';
import { taking } from '../support/mail-play.ts';
import { REQUEST, SmtpSetup, TIMEOUT_MS } from './smtp-setup.ts';

const here = new SmtpSetup();

describe('a connection', () => {
	test('is used again', async () => {
		const { url, server, received } = await here.server();
		const provider = here.provider(url);
		let taken = 0;
		server.server.on('connection', () => taken++);
		for (let number = 0; number < 5; number++) await provider.send(REQUEST);
		expect(received).toHaveLength(5);
		expect(taken).toBeLessThanOrEqual(2);
	});

	test('that is refused is tried again later', async () => {
		const closed = new URL(`smtp://pendo:hush@127.0.0.1:${await freePort()}`);
		expect(await here.provider(closed).send(REQUEST)).toEqual({
			kind: 'retry',
			error: 'The mail server could not be used (ECONNREFUSED).',
			isProviderFault: true,
		});
	});

	test('to a name that nobody has is tried again later', async () => {
		expect(await here.provider(new URL('smtp://nobody.invalid')).send(REQUEST)).toMatchObject({
			kind: 'retry',
			isProviderFault: true,
		});
	});

	test('to a server that speaks no TLS is tried again later', async () => {
		const { url } = await here.play(taking(() => '250 ok'));
		const secure = new URL(`smtps://127.0.0.1:${url.port}`);
		expect(await here.provider(secure).send(REQUEST)).toMatchObject({ kind: 'retry', isProviderFault: true });
	});

	test('that is lost before the text is tried again later', async () => {
		const { url } = await here.play((line, socket) => {
			if (!line.startsWith('RCPT')) return '250 ok';
			socket.resetAndDestroy();
			return undefined;
		});
		expect(await here.provider(url).send(REQUEST)).toMatchObject({ kind: 'retry', isProviderFault: true });
	});

	test.each(['reset', 'closed'])(
		'that is %s after the text leaves it open, and the text is not sent twice',
		async (how) => {
			const mails: string[] = [];
			const provider = here.provider(
				(
					await here.play(
						taking((mail, socket) => {
							mails.push(/^message-id: <(.*)@/im.exec(mail.join('\n'))?.[1] ?? '');
							if (mails.length !== 2) return '250 ok';
							if (how === 'reset') socket.resetAndDestroy();
							else socket.end();
							return undefined;
						}),
					)
				).url,
			);
			const send = (id: string) => provider.send({ ...REQUEST, id });
			expect(await send('msg_1')).toMatchObject({ kind: 'accepted' });
			expect(await send('msg_2')).toMatchObject({ kind: 'unknown', isProviderFault: true });
			expect(await send('msg_3')).toMatchObject({ kind: 'accepted' });
			expect(mails).toEqual(['msg_1', 'msg_2', 'msg_3']);
		},
	);

	test.each([['354 what?'], ['hello'], ['999 rubbish']])(
		'that brings %s after the text leaves it open',
		async (answer) => {
			const { url } = await here.play(taking(() => answer));
			expect(await here.provider(url).send(REQUEST)).toMatchObject({ kind: 'unknown' });
		},
	);

	test('is let go', async () => {
		const { url, server } = await here.server();
		const provider = here.provider(url);
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
		const { url } = await here.play(
			taking(() => {
				resolve();
				return undefined;
			}),
		);
		expect(await sendUntil(here.provider(url), promise)).toEqual({
			kind: 'unknown',
			error: `The mail server did not say whether it took the mail (it took longer than ${TIMEOUT_MS} ms).`,
			isProviderFault: true,
		});
	});

	test('a mail that waited for a connection is not sent later either', async () => {
		const mails: string[] = [];
		const texts: (() => void)[] = [];
		const { url } = await here.play(
			taking((mail) => {
				mails.push(mail.join('\n'));
				for (const resolve of texts.splice(0)) resolve();
				return mails.length === 1 ? undefined : '250 ok';
			}),
		);
		const provider = createSmtpProvider({ url, timeoutMs: TIMEOUT_MS, maxInFlight: 1 });
		const arrived = new Promise<void>((resolve) => texts.push(resolve));
		const outcomes = [sendUntil(provider, arrived), provider.send(REQUEST)];
		expect((await Promise.all(outcomes)).map(({ kind }) => kind)).toEqual(['unknown', 'retry']);
		vi.useRealTimers();
		expect(await provider.send({ ...REQUEST, body: 'Last' })).toMatchObject({ kind: 'accepted' });
		expect(mails).toHaveLength(2);
		expect(mails[1]).toContain('Subject: Last');
		await provider.close();
	});

	test('a server that does not greet got nothing', async () => {
		const { url, connection } = await here.play(() => undefined, '');
		expect(await sendUntil(here.provider(url), connection())).toEqual({
			kind: 'retry',
			error: `The mail server could not be used (it took longer than ${TIMEOUT_MS} ms).`,
			isProviderFault: true,
		});
	});
});
