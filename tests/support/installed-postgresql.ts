import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const DEBIAN = '/usr/lib/postgresql';

/** Where PostgreSQL's programs may be: PATH, then Debian's folders, the newest version first. */
export function programFolders(): readonly string[] {
	const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
	versions.sort((a, b) => Number(b) - Number(a));
	return [
		...(process.env['PATH'] ?? '').split(delimiter),
		...versions.map((version) => join(DEBIAN, version, 'bin')),
	];
}

/** The first folder that has what a server needs. */
export function findPrograms(folders: readonly string[]): string | undefined {
	return folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));
}

/** Whose a server's files and processes are to be, where not the caller's: PostgreSQL refuses to run as root. */
export function ownerOfFiles(): { readonly uid: number; readonly gid: number } | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const idOf = (flag: string, user: string) =>
		Number(execFileSync('id', [flag, user], { stdio: ['ignore', 'pipe', 'ignore'] }));
	for (const user of ['postgres', 'nobody']) {
		try {
			return { uid: idOf('-u', user), gid: idOf('-g', user) };
		} catch {
			// There is no such user.
		}
	}
	throw new Error('PostgreSQL needs a user other than root: neither postgres nor nobody exists.');
}
