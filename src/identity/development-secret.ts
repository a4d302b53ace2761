import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TokenSettings } from './tokens.ts';

/** The service's own secret cannot be kept or read. The message tells the operator what to do. */
export class DevelopmentSecretError extends Error {
	constructor(file: string, problem: string, cause?: unknown) {
		super(`The service's own secret, ${file}, ${problem}. Mend that, or set JWT_SECRET.`, { cause });
		this.name = 'DevelopmentSecretError';
	}
}

type DevelopmentSettings = Pick<TokenSettings, 'issuer' | 'audience' | 'clockToleranceSeconds'> & {
	readonly kind: 'development';
	readonly secretFile: string;
};

/** The settings with the service's own secret where it has one of its own, which is made at the first call. */
export async function resolveTokenSettings(
	identity: TokenSettings | DevelopmentSettings,
): Promise<TokenSettings> {
	if (identity.kind !== 'development') return identity;
	const { secretFile, kind: _, ...checks } = identity;
	return { ...checks, kind: 'secret', secret: await ensureDevelopmentSecret(secretFile) };
}

/** The secret in `file`, readable by its owner only; made where there is none. Throws a DevelopmentSecretError. */
export async function ensureDevelopmentSecret(file: string): Promise<string> {
	try {
		return (await readSecret(file)) ?? (await createSecret(file));
	} catch (error) {
		if (error instanceof DevelopmentSecretError) throw error;
		throw new DevelopmentSecretError(file, `cannot be kept (${codeOf(error) ?? error})`, error);
	}
}

async function readSecret(file: string): Promise<string | undefined> {
	try {
		const secret = (await readFile(file, 'utf8')).trim();
		if (!/^[\w-]{43,}$/.test(secret)) throw new DevelopmentSecretError(file, 'is damaged: delete the file');
		return secret;
	} catch (error) {
		if (codeOf(error) === 'ENOENT') return undefined;
		throw error;
	}
}

/**
 * Writes the secret under a name of its own and links it to `file`, which fails when another start was quicker:
 * so all agree on one secret, and nobody ever reads half of it.
 */
async function createSecret(file: string): Promise<string> {
	await mkdir(dirname(file), { recursive: true, mode: 0o700 });
	const secret = randomBytes(32).toString('base64url');
	const draft = `${file}.${randomBytes(8).toString('hex')}`;
	const handle = await open(draft, 'wx', 0o600);
	try {
		await handle.writeFile(`${secret}\n`);
		await handle.sync();
		await link(draft, file);
		return secret;
	} catch (error) {
		const other = codeOf(error) === 'EEXIST' ? await readSecret(file) : undefined;
		if (other === undefined) throw error;
		return other;
	} finally {
		await handle.close();
		await unlink(draft);
	}
}

function codeOf(error: unknown): unknown {
	return error instanceof Error && 'code' in error ? error.code : undefined;
}
