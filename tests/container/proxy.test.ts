import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Client } from '../support/client.ts';
import { StreamReader } from '../support/event-stream.ts';
import { freePort } from '../support/free-port.ts';
import { type Conversation, converse, FOLLOW, follow, send, take, takeUntil } from '../support/live.ts';
import { startService, type TestService } from '../support/service.ts';
import { skipUnless } from '../support/services.ts';

const isMissing = skipUnless(
	(process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'haproxy'))),
	'the proxy in front of several nodes',
	'it needs HAProxy, which is not installed',
	'install HAProxy (Debian: apt-get install haproxy)',
);

describe.skipIf(isMissing)('HAProxy with the configuration of the compose file', () => {
	let folder: string;
	let proxy: ChildProcess;
	let url: string;
	let service: TestService;
	let agent: Client;
	let conversation: Conversation;

	beforeAll(async () => {
		service = await startService();
		folder = await mkdtemp(join(tmpdir(), 'haproxy-'));
		const port = await freePort();
		url = `http://127.0.0.1:${port}`;
		// Beside the node that there is, one that is not.
		const nodes = [await freePort(), service.port];
		const file = join(folder, 'haproxy.cfg');
		await writeFile(file, adapt(await readFile('docker/haproxy.cfg', 'utf8'), port, nodes));
		proxy = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' });
		await vi.waitFor(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(200), 20_000);
		agent = new Client(url, await service.person('Agent', 'AGENT'));
		conversation = await converse(agent);
	}, 60_000);
	afterAll(async () => {
		await agent.close();
		const ended = once(proxy, 'exit');
		proxy.kill('SIGKILL');
		await ended;
		await service.stop();
		await rm(folder, { recursive: true });
	});

	test('passes requests to the node that answers', async () => {
		for (let request = 0; request < 20; request++)
			expect((await agent.ask('{ viewer { name } }')).data).toEqual({ viewer: { name: 'Agent' } });
	});

	test('passes WebSockets on, and what comes by them at once', async () => {
		const events = follow(agent, conversation.id, { after: 0 });
		await take(events, 1);
		await send(agent, conversation.id, 'by a socket');
		await takeUntil(events, 'by a socket');
	});

	test('passes events of a stream on as they come', async () => {
		const stream = await StreamReader.open(agent, FOLLOW, { id: conversation.id, after: 0 });
		expect(await stream.next()).toMatchObject({ event: 'next' });
		const { sequence } = await send(agent, conversation.id, 'by a stream');
		let last = 0;
		while (last < sequence) last = Number((await stream.next())?.id);
		await stream.cancel();
	});

	test('keeps the name that the browser asked for, so that the service knows its own pages', async () => {
		const statusFor = async (origin: string) =>
			(await fetch(`${url}/graphql`, { method: 'OPTIONS', headers: { origin } })).headers.get(
				'access-control-allow-origin',
			);
		expect(await statusFor(url)).toBe(url);
		expect(await statusFor('http://evil.example')).toBeNull();
	});

	test('gives nothing to a node that is not ready', async () => {
		await service.stop();
		await vi.waitFor(async () => expect((await fetch(`${url}/health/live`)).status).toBe(503), 10_000);
	});
});

/** The same, at addresses of this machine: without Docker's names, and with as few files as it allows. */
function adapt(text: string, port: number, nodes: readonly number[]): string {
	const servers = nodes.map((node, index) => `server node${index} 127.0.0.1:${node}`).join('\n\t');
	const adapted = text
		.replace(/bind :4000/, `bind 127.0.0.1:${port}`)
		.replace(/maxconn \d+/, 'maxconn 1000')
		.replace(/server-template .*/, servers)
		.replace(/resolvers docker\n(\t.*\n)+/, '');
	expect(adapted).not.toMatch(/:4000|resolvers/);
	return adapted;
}
