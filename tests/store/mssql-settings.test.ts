import { Connection } from 'tedious';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { connectionSettings } from '../../src/store/mssql.ts';

function settingsOf(url: string, env: NodeJS.ProcessEnv = {}) {
	const config = loadConfig({ DATABASE_URL: url, ...env }).database;
	if (config.kind !== 'mssql') throw new Error('Not a SQL Server.');
	const settings = connectionSettings(config);
	// It checks the types of everything it is given, and connects only when told to.
	new Connection(settings);
	return settings;
}

test('a connection is encrypted, and its certificate is checked, unless the URL says otherwise', () => {
	const { options } = settingsOf('mssql://sa:secret@db/pendo');
	expect(options).toMatchObject({ encrypt: true, trustServerCertificate: false, port: 1433 });
	const parameters = 'encrypt=false&trustServerCertificate=true';
	expect(settingsOf(`mssql://sa:secret@db/pendo?${parameters}`).options).toMatchObject({
		encrypt: false,
		trustServerCertificate: true,
	});
});

test('names, ports and addresses are those of the URL', () => {
	expect(settingsOf('sqlserver://sa:secret@db.example.com:14330/pendo')).toMatchObject({
		server: 'db.example.com',
		options: { port: 14330, database: 'pendo' },
	});
	expect(settingsOf('mssql://sa:secret@[2001:db8::7]:1444/pendo')).toMatchObject({
		server: '2001:db8::7',
		options: { port: 1444 },
	});
});

test('what is special in a password, a user or a database is decoded', () => {
	const password = 'p@ss:w/ör#d?%&=+';
	const url = `mssql://${encodeURIComponent('DOMAIN\\me')}:${encodeURIComponent(password)}@db/my%20db`;
	expect(settingsOf(url)).toMatchObject({
		authentication: { options: { userName: 'DOMAIN\\me', password } },
		options: { database: 'my db' },
	});
});

test('the time limits are the settings’, another database is never taken, and ids come as they went', () => {
	const env = { DATABASE_CONNECT_TIMEOUT_MS: '1234', DATABASE_REQUEST_TIMEOUT_MS: '5678' };
	expect(settingsOf('mssql://sa:secret@db/pendo', env).options).toMatchObject({
		connectTimeout: 1234,
		requestTimeout: 5678,
		fallbackToDefaultDb: false,
		lowerCaseGuids: true,
		useUTC: true,
	});
});
