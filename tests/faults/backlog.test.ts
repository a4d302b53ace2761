import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
	type DataDirectory,
	makeDataDirectory,
	type ServiceProcess,
	startProcess,
} from '../support/process.ts';

const SOMAXCONN = '/proc/sys/net/core/somaxconn';
/** What the system lets wait, where it is less. */
const COMING = existsSync(SOMAXCONN) ? Math.min(1_000, Number(readFileSync(SOMAXCONN, 'utf8'))) : 100;

let directory: DataDirectory;
let service: ServiceProcess;

beforeEach(async () => {
	directory = await makeDataDirectory();
	service = await startProcess(directory);
});
afterEach(async () => {
	await service.kill('SIGKILL');
	await directory.remove();
});

test('a thousand who come at once, while the service has no time, wait and are answered', async () => {
	service.signal('SIGSTOP');
	const sockets = Array.from({ length: COMING }, () => connect(service.port, '127.0.0.1'));
	for (const socket of sockets) socket.on('error', () => undefined);
	await Promise.all(sockets.map((socket) => once(socket, 'connect')));
	service.signal('SIGCONT');
	const answers = sockets.map(async (socket) => {
		socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
		const [data] = await once(socket, 'data');
		socket.destroy();
		return String(data).split('\r\n', 1)[0];
	});
	expect(new Set(await Promise.all(answers))).toEqual(new Set(['HTTP/1.1 200 OK']));
});
