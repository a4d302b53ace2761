import { expect, onTestFinished, test } from 'vitest';
import { Client } from '../support/client.ts';
import { eventually, metric } from '../support/live.ts';
import { freshPair, sendOut } from '../support/outbound.ts';
import { makeDataDirectory, personFor, startProcess } from '../support/process.ts';
import { answerWith, ProviderServer } from '../support/provider-server.ts';

const MAIL = { from: 'help@example.com', to: 'sam@example.com', type: 'EMAIL' };
const WORDS = JSON.stringify({ error: 'the words of the provider' });

async function startProvider(): Promise<{ readonly server: ProviderServer; readonly url: string }> {
	const server = new ProviderServer();
	onTestFinished(() => server.stop());
	return { server, url: (await server.start()).href };
}

test('what fails outside is told in the log, by the health report and by the metrics', async () => {
	const directory = await makeDataDirectory();
	onTestFinished(directory.remove);
	const [phones, mail] = [await startProvider(), await startProvider()];
	const service = await startProcess(directory, {
		SMS_PROVIDER_URL: phones.url,
		EMAIL_PROVIDER_URL: mail.url,
		PROVIDER_BACKOFF_BASE_MS: '1',
		PROVIDER_BACKOFF_MAX_MS: '1',
		PROVIDER_MAX_ATTEMPTS: '100',
	});
	onTestFinished(async () => void (await service.kill('SIGKILL')));
	const agent = new Client(service.url, await personFor('alex', 'AGENT'));
	onTestFinished(() => agent.close());
	const lines = () => service.output.stdout.split('\n').filter((line) => line.includes('"msg"'));
	const line = async (part: string): Promise<unknown> => {
		await eventually(() => lines().some((text) => text.includes(part)), true);
		return JSON.parse(lines().find((text) => text.includes(part)) ?? '');
	};
	/** A report is given again for half a second. */
	const reported = (status: string, detail: string) =>
		eventually(async () => {
			const answer = await fetch(`${service.url}/health`);
			const { parts } = (await answer.json()) as { parts: { status: string; detail: string | null }[] };
			return parts.some((part) => part.status === status && part.detail?.includes(detail));
		}, true);

	phones.server.answer = answerWith(400, WORDS);
	const refused = await sendOut(agent, freshPair());
	expect(await line('went no further')).toMatchObject({
		level: 40,
		message: refused.id,
		conversation: refused.conversation.id,
		status: 'FAILED',
		provider: 'webhook',
		attempts: 1,
	});

	phones.server.answer = answerWith(429, WORDS, { 'retry-after': '3600' });
	await sendOut(agent, freshPair());
	expect(await line('asks to wait')).toMatchObject({ level: 40, provider: 'webhook' });
	await reported('ok', 'providers that asked to wait: 1');
	expect(await metric(service, 'pendo_message_provider_paused{provider="webhook"}')).toBe(1);

	mail.server.answer = answerWith(503, WORDS);
	await sendOut(agent, MAIL);
	expect(await line('left alone')).toMatchObject({
		level: 50,
		provider: 'webhook-email',
		reason: 'it answered 503',
	});
	await reported('degraded', 'providers that fail and are left alone for a while: 1');
	expect(await metric(service, 'pendo_message_provider_circuit_open{provider="webhook-email"}')).toBe(1);

	for (const secret of ['words of the provider', 'Hello', refused.delivery?.to ?? '', MAIL.to])
		expect(service.output.stdout).not.toContain(secret);
});
