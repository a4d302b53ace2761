import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InvalidInputError } from '../../src/conversations/errors.ts';
import {
	askNameServers,
	createUrlGuard,
	isPublicAddress,
	type UrlGuard,
} from '../../src/outbound/url-guard.ts';
import { type NameServer, startNameServer } from '../support/name-server.ts';

const PUBLIC = '93.184.215.14';
const NAMES = {
	'public.test': [PUBLIC, '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
	'private.test': ['10.1.2.3'],
	'mixed.test': [PUBLIC, '10.1.2.3'],
	'mixed6.test': [PUBLIC, 'fd00::1'],
	'loopback.test': ['127.0.0.1'],
};

let names: NameServer;
let guard: UrlGuard;

beforeAll(async () => {
	names = await startNameServer(NAMES, 'slow.test');
	guard = guardWithin(60_000);
});

afterAll(() => names.close());

function guardWithin(timeoutMs: number): UrlGuard {
	return createUrlGuard({ allowPrivate: false, resolve: askNameServers([names.address], timeoutMs) });
}

/** What is said about a URL; undefined where it is taken. */
async function refusal(url: string, by = guard): Promise<string | undefined> {
	try {
		await by.check('url', url);
		return undefined;
	} catch (error) {
		if (!(error instanceof InvalidInputError)) throw error;
		expect(error.field).toBe('url');
		return error.message;
	}
}

describe('the form of a URL', () => {
	test.each([
		['file:///etc/passwd'],
		['javascript:alert(1)'],
		['ftp://public.test/a'],
		['//public.test/a'],
		['http:public.test'],
		['http:///public.test'],
		['http://'],
		['http://public.test:99999/'],
		['http://[fe80::1%25eth0]/'],
		['not a url'],
		[''],
		['http://public.test\\@10.0.0.1/'],
		[' http://public.test/'],
		['http://public.test/a b'],
		['http://public.test/\r\nHost: x'],
		['http://pub\tlic.test/'],
	])('%j is none of http or https', async (url) => {
		expect(await refusal(url)).toBe('url must be an http or https URL.');
	});

	test.each([
		['https://sam:secret@public.test/'],
		['https://sam@public.test/'],
		['https://:secret@public.test/'],
	])('%j holds credentials', async (url) => {
		expect(await refusal(url)).toBe('url must not hold a user name or a password.');
	});

	test('is at most 2,048 characters', async () => {
		const start = 'https://public.test/';
		expect(await refusal(start.padEnd(2_048, 'a'))).toBeUndefined();
		expect(await refusal(start.padEnd(2_049, 'a'))).toBe('url must have at most 2048 characters.');
	});
});

describe('where a URL leads', () => {
	test.each([
		['https://public.test/a.png?size=1#top'],
		['HTTP://PUBLIC.TEST:8080'],
		[`http://${PUBLIC}/`],
		['http://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/'],
		['http://[64:ff9b::5db8:d70e]/'],
	])('%s is public', async (url) => {
		expect(await refusal(url)).toBeUndefined();
	});

	test.each([
		['http://private.test/'],
		['http://mixed.test/'],
		['http://mixed6.test/'],
		['http://loopback.test/'],
		['http://127.0.0.1/'],
		['http://127.1/'],
		['http://0x7f.1/'],
		['http://0177.0.0.1/'],
		['http://2130706433/'],
		['http://127.0.0.1./'],
		['http://１２７.0.0.1/'],
		['http://%31%32%37.0.0.1/'],
		['http://0/'],
		['http://169.254.169.254/latest/meta-data'],
		['http://[::1]/'],
		['http://[::]/'],
		['http://[::ffff:10.0.0.1]/'],
		['http://[0:0:0:0:0:ffff:7f00:1]/'],
		['http://[64:ff9b::10.0.0.1]/'],
	])('%s is not', async (url) => {
		expect(await refusal(url)).toBe('url must not lead into a private network.');
	});

	test.each([['http://nobody.test/'], ['http://localhost/']])('%s cannot be found', async (url) => {
		expect(await refusal(url)).toBe('url must name a host that can be found.');
	});

	test('is not waited for without an end', async () => {
		const message = await refusal('http://slow.test/', guardWithin(100));
		expect(message).toBe('url must name a host that can be found.');
	});

	test("is asked of this machine's name servers unless told otherwise", async () => {
		const message = await refusal('http://nobody.invalid/', createUrlGuard({ allowPrivate: false }));
		expect(message).toBe('url must name a host that can be found.');
	});

	test('does not matter where private networks are allowed, and the form does', async () => {
		const open = createUrlGuard({ allowPrivate: true, resolve: () => Promise.reject(new Error('asked')) });
		expect(await refusal('http://127.0.0.1:4010/hook', open)).toBeUndefined();
		expect(await refusal('http://nobody.test/', open)).toBeUndefined();
		expect(await refusal('file:///etc/passwd', open)).toBe('url must be an http or https URL.');
	});
});

test.each([
	['0.1.2.3'],
	['10.0.0.1'],
	['100.64.0.1'],
	['127.255.255.254'],
	['169.254.0.1'],
	['172.16.0.1'],
	['172.31.255.255'],
	['192.0.0.1'],
	['192.0.2.1'],
	['192.88.99.1'],
	['192.168.0.1'],
	['198.18.0.1'],
	['198.19.255.255'],
	['198.51.100.1'],
	['203.0.113.1'],
	['224.0.0.1'],
	['240.0.0.1'],
	['255.255.255.255'],
	['::'],
	['::1'],
	['::127.0.0.1'],
	['::ffff:192.168.0.1'],
	['::ffff:0:10.0.0.1'],
	['64:ff9b::192.168.0.1'],
	['64:ff9b:1::5db8:d70e'],
	['100::1'],
	['2001::1'],
	['2001:2::1'],
	['2001:db8::1'],
	['2002:a00:1::1'],
	['2002:5db8:d70e::1'],
	['3fff::1'],
	['4000::1'],
	['5f00::1'],
	['fc00::1'],
	['fd12:3456::1'],
	['fe80::1'],
	['fe80::1%eth0'],
	['fec0::1'],
	['ff02::1'],
	['somewhere'],
	[''],
])('%j is no public address', (address) => {
	expect(isPublicAddress(address)).toBe(false);
});

test.each([['8.8.8.8'], ['172.32.0.1'], ['100.128.0.1'], ['2001:4860:4860::8888'], ['::ffff:8.8.8.8']])(
	'%s is a public address',
	(address) => {
		expect(isPublicAddress(address)).toBe(true);
	},
);

describe('the look-up of an HTTP client', () => {
	const lookUp = (name: string, options: { all?: boolean; family?: 4 | 6 | 'IPv6' } = {}) =>
		new Promise<unknown>((resolve, reject) => {
			guard.guardedLookup(name, options, (error, address, family) => {
				if (error) reject(error);
				else resolve(options.all ? address : [address, family]);
			});
		});

	test('gives what is public, as dns.lookup does', async () => {
		const [four, six] = NAMES['public.test'];
		expect(await lookUp('public.test')).toEqual([four, 4]);
		expect(await lookUp('public.test', { family: 6 })).toEqual([six, 6]);
		expect(await lookUp('public.test', { family: 'IPv6' })).toEqual([six, 6]);
		expect(await lookUp('public.test', { all: true })).toEqual([
			{ address: four, family: 4 },
			{ address: six, family: 6 },
		]);
	});

	test('fails for what is private, in part too, or not to be found', async () => {
		for (const name of ['private.test', 'mixed.test', 'mixed6.test'])
			await expect(lookUp(name, { all: true })).rejects.toThrow(`${name} leads into a private network`);
		await expect(lookUp('mixed6.test', { family: 4 })).rejects.toThrow('leads into a private network');
		await expect(lookUp('nobody.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
		await expect(lookUp('private.test', { family: 6 })).rejects.toThrow('leads into a private network');
	});

	test('keeps a connection from being made', async () => {
		let requests = 0;
		const server = createServer((_req, res) => {
			requests += 1;
			res.end('inside');
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		const ask = async (by: UrlGuard) => {
			const dispatcher = new Agent({ connect: { lookup: by.guardedLookup } });
			try {
				return await (await fetch(`http://loopback.test:${port}/`, { dispatcher })).text();
			} finally {
				await dispatcher.destroy();
			}
		};
		try {
			await expect(ask(guard)).rejects.toMatchObject({
				cause: { message: 'loopback.test leads into a private network' },
			});
			expect(requests).toBe(0);
		} finally {
			server.close();
		}
	});
});
