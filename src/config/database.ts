import { resolve } from 'node:path';
import { z } from 'zod';
import { type Refusal, refuse, setting } from './values.ts';

export type DatabaseConfig =
	/** `file`: an absolute path. */
	| { readonly kind: 'sqlite'; readonly file: string }
	| { readonly kind: 'mssql' | 'postgresql'; readonly url: string };

/** What stands in a secret's place. */
export const MASK = '********';

const DEFAULT_FILE = './data/pendo-message.db';

function readSqliteFile(rest: string): DatabaseConfig | Refusal {
	// sqlite:///var/x.db is the URL form of the absolute path /var/x.db; two slashes would name a host.
	const path = rest.startsWith('///') ? rest.slice(2) : rest;
	if (/:memory:|[?&]mode=memory/.test(path)) {
		return refuse(
			'must name a file: a database in memory is not durable, and every message would be lost at the end',
		);
	}
	if (/^\/\/|^file:|[/\\]$|^$/.test(path) || path.includes('\0')) {
		return refuse(`must name a file as sqlite:path, such as sqlite:${DEFAULT_FILE}`);
	}
	return { kind: 'sqlite', file: resolve(path) };
}

/** The text may hold a password, so no message repeats it. */
function readDatabaseUrl(text: string): DatabaseConfig | Refusal {
	const [, scheme = '', rest = ''] = /^([a-z]+):(.*)$/is.exec(text.trim()) ?? [];
	switch (scheme.toLowerCase()) {
		case 'sqlite':
			return readSqliteFile(rest);
		case 'mssql':
		case 'postgres':
		case 'postgresql':
			return refuse(`this version supports sqlite: only, such as sqlite:${DEFAULT_FILE}`);
		default:
			return refuse(`must be a database as sqlite:path, such as sqlite:${DEFAULT_FILE}`);
	}
}

/** The one database; without DATABASE_URL a file below the working directory. */
export function databaseModel() {
	return z.object({
		DATABASE_URL: setting(readDatabaseUrl).default({ kind: 'sqlite', file: resolve(DEFAULT_FILE) }),
	});
}

/** The URL as an operator may read it: a password in it is masked. */
export function describeDatabase(database: DatabaseConfig): string {
	return database.kind === 'sqlite' ? `sqlite:${database.file}` : maskUrl(database.url);
}

/** Replaces the password of a URL, in front of the host or as a parameter; a text that is no URL is masked whole. */
export function maskUrl(text: string): string {
	const url = URL.parse(text);
	if (url === null) return MASK;
	if (url.password !== '') url.password = MASK;
	for (const name of url.searchParams.keys()) {
		if (/pass|pwd|secret|token|key/i.test(name)) url.searchParams.set(name, MASK);
	}
	return url.href;
}
