import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { migrateCommand } from '../../src/cli/migrate.ts';
import { describeConfig, loadConfig } from '../../src/config.ts';
import { asMapping, asTexts, parseCompose } from './compose.ts';

const compose = parseCompose(readFileSync('docker-compose.yml', 'utf8'));
const services = asMapping(compose['services']);
const names = Object.keys(services);
const serviceOf = (name: string) => asMapping(services[name]);
const profilesOf = (name: string) => asTexts(serviceOf(name)['profiles'] ?? []);
const OURS = names.filter((name) => serviceOf(name)['build'] !== undefined);
const SERVICES = ['pendo-message', 'pendo-message-mssql', 'pendo-message-postgresql', 'node'];
const MIGRATIONS = ['mssql-migration', 'postgresql-migration'];

/** What a service waits for, with the condition. */
function dependenciesOf(name: string): Readonly<Record<string, string>> {
	const dependencies = asMapping(serviceOf(name)['depends_on'] ?? {});
	return Object.fromEntries(
		Object.entries(dependencies).map(([other, how]) => [other, String(asMapping(how)['condition'])]),
	);
}

/** A text as Compose would make it of an operator's environment. */
function fill(text: string, given: Readonly<Record<string, string>>): string {
	return text.replace(
		/\$\{(\w+)(?::([?-])([^}]*))?\}/g,
		(_, variable: string, mark: string, otherwise: string) => {
			if (given[variable]) return given[variable];
			if (mark === '-') return otherwise;
			throw new Error(`Not given: ${variable}`);
		},
	);
}

/** A service's environment as Compose would make it. */
function environmentOf(name: string, given: Readonly<Record<string, string>>): Record<string, string> {
	const environment = asMapping(serviceOf(name)['environment'] ?? {});
	return Object.fromEntries(
		Object.entries(environment).map(([key, value]) => [key, fill(String(value), given)]),
	);
}

const GIVEN = {
	JWT_SECRET: 'x'.repeat(64),
	MSSQL_SA_PASSWORD: 'Aa0'.repeat(12),
	MSSQL_PASSWORD: 'Bb1'.repeat(12),
	POSTGRES_PASSWORD: 'Cc2'.repeat(12),
	REDIS_PASSWORD: 'Dd3'.repeat(12),
};

describe('profiles', () => {
	test('without one there is the service on its embedded database, and nothing else', () => {
		expect(names.filter((name) => profilesOf(name).length === 0)).toEqual(['pendo-message']);
		expect(dependenciesOf('pendo-message')).toEqual({});
	});

	test.each(['mssql', 'postgresql'])('%s has a server, its tables and a service of its own', (profile) => {
		const members = names.filter((name) => profilesOf(name).includes(profile));
		expect(members).toEqual(
			expect.arrayContaining([profile, `${profile}-migration`, `pendo-message-${profile}`]),
		);
		for (const name of members)
			for (const other of Object.keys(dependenciesOf(name))) expect(members).toContain(other);
	});

	test('nodes has a server, its tables, a Redis, three nodes and what is in front of them', () => {
		const members = names.filter((name) => profilesOf(name).includes('nodes'));
		expect(members).toEqual(['postgresql', 'postgresql-migration', 'redis', 'node', 'proxy']);
		for (const name of members)
			for (const other of Object.keys(dependenciesOf(name))) expect(members).toContain(other);
		expect(asMapping(serviceOf('node')['deploy'])['replicas']).toBe('3');
		// Three cannot have one port of the machine.
		expect(members.filter((name) => serviceOf(name)['ports'] !== undefined)).toEqual(['proxy']);
	});

	test('the comment above and the documents start services that are there, in their profile', () => {
		const texts = ['docker-compose.yml', 'README.md', 'docs/databases.md', 'docs/production.md'].map((file) =>
			readFileSync(file, 'utf8'),
		);
		const started = texts.flatMap((text) => [
			...text.matchAll(/docker compose --profile (\w+) up --build --wait ([\w-]+)/g),
		]);
		expect(started.length).toBeGreaterThan(5);
		for (const [, profile = '', name = ''] of started) expect(profilesOf(name)).toEqual([profile]);
	});
});

describe('the order of the start', () => {
	test('SQL Server answers, its database is made, its tables are, and then comes the service', () => {
		expect(dependenciesOf('mssql-database')).toEqual({ mssql: 'service_healthy' });
		expect(dependenciesOf('mssql-migration')).toEqual({ 'mssql-database': 'service_completed_successfully' });
		expect(dependenciesOf('pendo-message-mssql')).toEqual({
			mssql: 'service_healthy',
			'mssql-migration': 'service_completed_successfully',
		});
	});

	test('PostgreSQL answers, its tables are made, and then comes the service', () => {
		expect(dependenciesOf('postgresql-migration')).toEqual({ postgresql: 'service_healthy' });
		expect(dependenciesOf('pendo-message-postgresql')).toEqual({
			postgresql: 'service_healthy',
			'postgresql-migration': 'service_completed_successfully',
		});
	});

	test('PostgreSQL and Redis answer, the tables are made, then come the nodes, and then the proxy', () => {
		expect(dependenciesOf('node')).toEqual({
			postgresql: 'service_healthy',
			'postgresql-migration': 'service_completed_successfully',
			redis: 'service_healthy',
		});
		expect(dependenciesOf('proxy')).toEqual({ node: 'service_healthy' });
	});

	test('whoever is waited for to be healthy is asked, and whoever is waited for to be done ends', () => {
		for (const name of names)
			for (const [other, condition] of Object.entries(dependenciesOf(name))) {
				const { healthcheck, restart } = serviceOf(other);
				// Ours have the image's own check, at times of their own.
				const check = other === 'node' ? 'interval' : 'test';
				if (condition === 'service_healthy') expect(asMapping(healthcheck)[check]).toBeDefined();
				else expect(restart).toBe('no');
			}
	});

	test.each(MIGRATIONS)('%s runs a command that there is', (name) => {
		const [node, file = '', ...words] = asTexts(serviceOf(name)['entrypoint']);
		expect(node).toBe('node');
		expect(existsSync(file)).toBe(true);
		const up = words.reduce<Command | undefined>(
			(command, word) => command?.commands.find((other) => other.name() === word),
			new Command().addCommand(migrateCommand()),
		);
		expect(up?.name()).toBe('up');
	});
});

describe('settings', () => {
	const known = describeConfig(loadConfig({})).map(({ name }) => name);

	test.each(OURS)('%s is given settings that there are, and that are taken', (name) => {
		const environment = environmentOf(name, GIVEN);
		expect(Object.keys(environment).filter((variable) => !known.includes(variable))).toEqual([]);
		const secrets = MIGRATIONS.includes(name) ? { JWT_SECRET: GIVEN.JWT_SECRET } : {};
		expect(() => loadConfig({ NODE_ENV: 'production', ...secrets, ...environment })).not.toThrow();
	});

	test.each(SERVICES)('%s asks for the secret that signs the tokens', (name) => {
		expect(() => environmentOf(name, {})).toThrow('Not given: JWT_SECRET');
	});

	test.each(SERVICES)('%s is given the providers that are set', (name) => {
		const wanted = known.filter((setting) => /^(SMS|EMAIL|TWILIO|SMTP|PROVIDER|PUBLIC)_/.test(setting));
		const given = Object.fromEntries(wanted.map((setting) => [setting, `the ${setting}`]));
		expect(environmentOf(name, { ...GIVEN, ...given })).toMatchObject(given);
	});

	test.each([
		['mssql', 'MSSQL_PASSWORD'],
		['postgresql', 'POSTGRES_PASSWORD'],
	] as const)(
		'the tables of %s and its services are one database, which the server has',
		(kind, password) => {
			const users = OURS.filter((name) => dependenciesOf(name)[kind] === 'service_healthy');
			expect(users).toContain(`pendo-message-${kind}`);
			const urls = [`${kind}-migration`, ...users].map(
				(name) => environmentOf(name, GIVEN)['DATABASE_URL'] ?? '',
			);
			expect(new Set(urls).size).toBe(1);
			const url = new URL(urls[0] ?? '');
			expect(services).toHaveProperty(url.hostname);
			expect(url).toMatchObject({ protocol: `${kind}:`, username: 'pendo', pathname: '/pendo' });
			expect(url.password).toBe(GIVEN[password]);
		},
	);

	test('the nodes sign in to Redis with the password that it asks for, and so does its check', () => {
		const url = new URL(environmentOf('node', GIVEN)['REDIS_URL'] ?? '');
		expect(url).toMatchObject({ protocol: 'redis:', hostname: 'redis', username: '', port: '6379' });
		expect(url.password).toBe(GIVEN.REDIS_PASSWORD);
		expect(environmentOf('redis', GIVEN)['REDISCLI_AUTH']).toBe(GIVEN.REDIS_PASSWORD);
		const [config] = serviceOf('redis')['configs'] as readonly Record<string, string>[];
		const text = fill(
			String(asMapping(asMapping(compose['configs'])[config?.['source'] ?? ''])['content']),
			GIVEN,
		);
		expect(text.split('\n')).toEqual(
			expect.arrayContaining([`requirepass ${GIVEN.REDIS_PASSWORD}`, 'save ""', 'appendonly no']),
		);
		expect(asTexts(serviceOf('redis')['command'])).toEqual(['redis-server', config?.['target']]);
	});

	test('the script makes the database and the login that the URL names', () => {
		const [mount = ''] = asTexts(serviceOf('mssql-database')['volumes']);
		const [script = '', place = ''] = mount.split(':');
		expect(asTexts(serviceOf('mssql-database')['entrypoint'])).toContain(place);
		const text = readFileSync(script, 'utf8');
		expect(text).toContain('CREATE DATABASE pendo;');
		expect(text).toContain("CREATE LOGIN pendo WITH PASSWORD = '$(MSSQL_PASSWORD)'");
		expect(text).toContain('SET READ_COMMITTED_SNAPSHOT ON');
		expect(environmentOf('mssql-database', GIVEN)['MSSQL_PASSWORD']).toBe(GIVEN.MSSQL_PASSWORD);
	});

	test('no password stands in the file or in a command', () => {
		for (const name of names) {
			const { command = '', entrypoint = '', healthcheck = '' } = serviceOf(name);
			expect(JSON.stringify([command, entrypoint, healthcheck])).not.toMatch(/PASSWORD|SECRET/);
		}
	});
});

describe('containers', () => {
	test('each server is of the version that the documents name, and keeps its data in a volume', () => {
		expect(serviceOf('mssql')['image']).toBe('mcr.microsoft.com/mssql/server:2022-latest');
		expect(serviceOf('mssql-database')['image']).toBe(serviceOf('mssql')['image']);
		expect(serviceOf('postgresql')['image']).toBe('postgres:17');
		const volumes = Object.keys(asMapping(compose['volumes']));
		for (const name of ['pendo-message', 'mssql', 'postgresql'])
			expect(volumes).toContain(asTexts(serviceOf(name)['volumes'])[0]?.split(':')[0]);
	});

	test.each([...OURS, 'redis', 'proxy'])(
		'%s writes nowhere but where it has to, and has no rights of the system',
		(name) => {
			expect(serviceOf(name)).toMatchObject({
				read_only: 'true',
				tmpfs: ['/tmp'],
				cap_drop: ['ALL'],
				security_opt: ['no-new-privileges:true'],
			});
		},
	);

	test.each(SERVICES)('%s may take as long to stop as the service does', (name) => {
		const grace = Number(/^(\d+)s$/.exec(String(serviceOf(name)['stop_grace_period']))?.[1]);
		expect(grace * 1000).toBeGreaterThan(loadConfig({}).http.shutdownTimeoutMs);
	});
});
