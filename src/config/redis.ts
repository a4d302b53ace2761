import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { MASK } from './database.ts';
import { bytes, integer, milliseconds, type Refusal, refuse, setting } from './values.ts';

export interface RedisAddress {
	readonly host: string;
	readonly port: number;
}

/** What REDIS_URL alone says. */
interface Place {
	readonly kind: 'single' | 'sentinel' | 'cluster';
	readonly tls: boolean;
	/** One; or some of the sentinels, or of the cluster's nodes. */
	readonly addresses: readonly RedisAddress[];
	readonly username: string | undefined;
	readonly password: string | undefined;
	readonly db: number;
	/** What the sentinels call the group of servers. */
	readonly group: string | undefined;
	readonly sentinelUsername: string | undefined;
	readonly sentinelPassword: string | undefined;
	/** The URL as an operator may read it. */
	readonly shown: string;
}

const FORMS =
	'redis://host:6379 (rediss: over TLS), redis+sentinel://host:26379,host2:26379/group or ' +
	'redis+cluster://host:6379,host2:6379, each with user:password@ in front of the hosts if need be';
const PARAMETERS = ['sentinelUsername', 'sentinelPassword'] as const;
const URL_PARTS =
	/^redis(?<tls>s?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<login>[^@/?#]*)@)?(?<hosts>[^@/?#]+)(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?$/i;

/** URL itself takes no list of hosts. The text may hold a password, so no message repeats it. */
function readRedisUrl(text: string): Place | Refusal {
	const parts = URL_PARTS.exec(text.trim())?.groups;
	if (parts === undefined) return refuse(`must be a Redis as ${FORMS}`);
	const kind = kindOf(parts['kind']);
	const addresses = (parts['hosts'] ?? '')
		.split(',')
		.map((host) => readAddress(host, kind === 'sentinel' ? 26_379 : 6379));
	if (!addresses.every((address) => address !== undefined))
		return refuse('must name hosts as host or host:port');
	if (kind === 'single' && addresses.length > 1)
		return refuse('names several hosts: they are of redis+sentinel: or redis+cluster:');
	const query = new URLSearchParams(parts['query']);
	for (const name of query.keys())
		if (!PARAMETERS.some((known) => known === name))
			return refuse(`has the parameter ${JSON.stringify(name)}, and takes ${PARAMETERS.join(' and ')} alone`);
	const login = readLogin(parts['login']);
	if (login === undefined) return refuse('must have what is special in a user or password percent-encoded');
	const path = readPath(kind, parts['path'] ?? '');
	if ('refused' in path) return path;
	const sentinel = {
		sentinelUsername: query.get('sentinelUsername') ?? undefined,
		sentinelPassword: query.get('sentinelPassword') ?? undefined,
	};
	const place = { kind, tls: parts['tls'] !== '', addresses, ...login, ...path, ...sentinel };
	return { ...place, shown: shownAs(place) };
}

function kindOf(text: string | undefined): Place['kind'] {
	const kind = text?.toLowerCase();
	return kind === 'sentinel' || kind === 'cluster' ? kind : 'single';
}

function readAddress(text: string, usual: number): RedisAddress | undefined {
	const [, bracketed, name, digits] = /^(?:\[([^\]]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
	const host = bracketed ?? name;
	const port = digits === undefined ? usual : Number(digits);
	if (host === undefined || port < 1 || port > 65_535) return undefined;
	if (bracketed !== undefined && !isIPv6(bracketed)) return undefined;
	return { host, port };
}

function readLogin(text: string | undefined): Pick<Place, 'username' | 'password'> | undefined {
	const [, user = '', password] = /^([^:]*)(?::(.*))?$/s.exec(text ?? '') ?? [];
	try {
		return {
			username: decodeURIComponent(user) || undefined,
			password: password === undefined ? undefined : decodeURIComponent(password),
		};
	} catch {
		return undefined;
	}
}

/** `/db`, and for sentinels `/group/db`. */
function readPath(kind: Place['kind'], path: string): Pick<Place, 'group' | 'db'> | Refusal {
	const [group = '', db = ''] =
		kind === 'sentinel' ? path.slice(1).split(/\/(.*)/s, 2) : ['', path.replace(/^\//, '')];
	if (kind === 'sentinel' && !/^[\w.-]+$/.test(group))
		return refuse('must name the group that the sentinels watch: redis+sentinel://host:26379/group');
	if (!/^\d{0,5}$/.test(db)) return refuse('must have a number as its database, or none');
	if (kind === 'cluster' && Number(db) !== 0)
		return refuse('must not name a database: a cluster has only one');
	return { group: group || undefined, db: Number(db) };
}

function shownAs(place: Omit<Place, 'shown'>): string {
	const { kind, tls, username, password, addresses, group, db } = place;
	const scheme = `redis${tls ? 's' : ''}${kind === 'single' ? '' : `+${kind}`}`;
	const login = username === undefined && password === undefined ? '' : `${username ?? ''}:${MASK}@`;
	const path = `${group === undefined ? '' : `/${group}`}${db === 0 ? '' : `/${db}`}`;
	return `${scheme}://${login}${describeAddresses(addresses)}${path}`;
}

/** For a person. */
export function describeAddresses(addresses: readonly RedisAddress[]): string {
	return addresses.map(({ host, port }) => `${isIPv6(host) ? `[${host}]` : host}:${port}`).join(',');
}

/** It stands in front of every channel and key, so it is without what an ACL's patterns or a cluster's slots read. */
function readPrefix(text: string): string | Refusal {
	const prefix = text.trim();
	if (/^[\w.:-]{1,64}$/.test(prefix)) return prefix;
	return refuse('must have 1 to 64 letters, digits and . _ - :');
}

/** The Redis between the nodes, if there is one. */
export const redisModel = z.object({
	REDIS_URL: setting(readRedisUrl).optional(),
	REDIS_PREFIX: setting(readPrefix).default('pendo-message'),
	REDIS_TIMEOUT_MS: milliseconds(2000, 50),
	REDIS_CHECK_INTERVAL_MS: milliseconds(2000, 50),
	WAKE_UP_MAX_BYTES: bytes(16_384, 1024 ** 2),
	MAX_QUEUED_WAKE_UPS: integer(10_000, { min: 1, max: 1_000_000, unit: 'wake-ups' }),
	MAX_QUEUED_WAKE_UP_BYTES: bytes(16_777_216, 1024 ** 3),
	PRESENCE_TTL_MS: milliseconds(15_000, 100),
});

export type RedisConfig = Exclude<ReturnType<typeof redisConfig>, undefined>;

/** As the bus takes it, durations in milliseconds; undefined without a Redis. */
export function redisConfig(values: z.output<typeof redisModel>) {
	const place = values.REDIS_URL;
	if (place === undefined) return undefined;
	return {
		...place,
		/** Stands in front of all channels and keys. */
		prefix: values.REDIS_PREFIX,
		/** How long Redis may take to answer, or to be connected to, before it counts as away. */
		timeoutMs: values.REDIS_TIMEOUT_MS,
		/** How often it is asked. */
		checkIntervalMs: values.REDIS_CHECK_INTERVAL_MS,
		/** An event above it is not carried; only its sequence is. */
		maxEventBytes: values.WAKE_UP_MAX_BYTES,
		/** What may wait for Redis; what is more is dropped. */
		maxQueued: values.MAX_QUEUED_WAKE_UPS,
		maxQueuedBytes: values.MAX_QUEUED_WAKE_UP_BYTES,
		/** How long the users of a node that died count as there. */
		presenceTtlMs: values.PRESENCE_TTL_MS,
	} as const;
}
