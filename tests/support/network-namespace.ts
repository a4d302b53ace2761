import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { skipUnless } from './services.ts';

const run = promisify(execFile);

/** A network of one machine, as the kernel sees it: processes in it reach this one over a cable that can be cut. */
export interface NetworkNamespace {
	/** A command that runs another one in it. */
	readonly wrapper: readonly string[];
	/** The addresses of the cable's two ends. */
	readonly inside: string;
	readonly outside: string;
	/** Whatever is sent from now on arrives nowhere, and nobody is told. */
	cut(): Promise<void>;
	heal(): Promise<void>;
	remove(): Promise<void>;
}

/** For `describe.skipIf`: true where none can be made. */
export function skipWithoutNamespaces(suite: string): boolean {
	return skipUnless(
		canMakeNamespaces(),
		suite,
		'it needs a network namespace of its own, which iproute2 and the right to make one would give',
		'install iproute2 (Debian: apt-get install iproute2) and run it as root, with CAP_NET_ADMIN',
	);
}

function canMakeNamespaces(): boolean {
	const name = nameOf('probe');
	const isMade = spawnSync('ip', ['netns', 'add', name]).status === 0;
	const isConnected =
		isMade &&
		spawnSync('ip', ['link', 'add', `p${process.pid}`, 'type', 'veth', 'peer', 'name', `q${process.pid}`])
			.status === 0;
	if (isConnected) spawnSync('ip', ['link', 'del', `p${process.pid}`]);
	if (isMade) spawnSync('ip', ['netns', 'del', name]);
	return isConnected;
}

/** Nothing in it knows a way to anywhere but the other end of its cable. */
export async function createNamespace(): Promise<NetworkNamespace> {
	const name = nameOf('node');
	const [outer, inner] = [`po${process.pid}`, `pi${process.pid}`];
	// Of the block for tests between networks (RFC 2544): nobody's address.
	const [third, fourth] = [Math.floor(process.pid / 63) % 256, 4 * (process.pid % 63)];
	const [net, outside, inside] = [0, 1, 2].map((host) => `198.18.${third}.${fourth + host}`) as [
		string,
		string,
		string,
	];
	const ip = (...args: readonly string[]) => run('ip', args);
	const remove = async () => {
		await ip('netns', 'del', name).catch(() => undefined);
		await ip('link', 'del', outer).catch(() => undefined);
		await ip('route', 'del', 'blackhole', `${net}/30`).catch(() => undefined);
	};
	try {
		await ip('netns', 'add', name);
		await ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', name);
		// Were the cable's route ever gone, nothing may leave by another one.
		await ip('route', 'add', 'blackhole', `${net}/30`, 'metric', '9999');
		await ip('address', 'add', `${outside}/30`, 'dev', outer);
		await ip('link', 'set', outer, 'up');
		await ip('-netns', name, 'address', 'add', `${inside}/30`, 'dev', inner);
		await ip('-netns', name, 'link', 'set', inner, 'up');
		await ip('-netns', name, 'link', 'set', 'lo', 'up');
	} catch (error) {
		await remove();
		throw error;
	}
	return {
		wrapper: ['ip', 'netns', 'exec', name],
		inside,
		outside,
		cut: async () => void (await ip('-netns', name, 'link', 'set', inner, 'down')),
		heal: async () => void (await ip('-netns', name, 'link', 'set', inner, 'up')),
		remove,
	};
}

function nameOf(what: string): string {
	return `pendo-${what}-${process.pid}`;
}
