import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestDatabase } from '../support/databases.ts';
import {
	type DataDirectory,
	makeDataDirectory,
	personFor,
	type ServiceProcess,
	startProcess,
} from '../support/process.ts';
import { databaseForService } from '../support/service.ts';
import { startStorm } from './storm.ts';

const KILLS = process.env['TEST_DATABASE'] === undefined ? 8 : 3;
const SENDERS = 20;

let directory: DataDirectory;
let database: TestDatabase;
let service: ServiceProcess;

beforeEach(async () => {
	directory = await makeDataDirectory();
	database = await databaseForService();
	service = await start();
});

afterEach(async () => {
	await service.kill('SIGKILL');
	await database.drop();
	await directory.remove();
});

function start(): Promise<ServiceProcess> {
	return startProcess(directory, { DATABASE_URL: database.url });
}

test('SIGKILL again and again while clients send and retry: nothing acknowledged is lost, nothing is doubled', async () => {
	const senders = Array.from({ length: SENDERS }, (_, index) => personFor(`sender-${index}`));
	const storm = await startStorm(() => service.url, {
		agent: await personFor('agent', 'AGENT'),
		watchers: [await personFor('watcher'), await personFor('other watcher')],
		senders: await Promise.all(senders),
	});
	for (let kill = 0; kill < KILLS; kill++) {
		await storm.acknowledgements(60 + Math.floor(Math.random() * 60));
		expect(await service.kill('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
		service = await start();
	}
	await storm.acknowledgements(SENDERS);
	expect(storm.refused).toBeGreaterThan(0);
	await storm.end();
});
