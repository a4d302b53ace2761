import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { InvalidInputError } from '../conversations/errors.ts';

/** All addresses of a name, none where it has none or it could not be learnt. */
export type ResolveName = (name: string) => Promise<readonly LookupAddress[]>;

export interface UrlGuardOptions {
	/** Takes every http(s) URL, and asks for no addresses. */
	readonly allowPrivate: boolean;
	/** Default: the name servers of this machine, asked for at most two seconds. */
	readonly resolve?: ResolveName;
}

/** Keeps requests that are made for others out of private networks. */
export interface UrlGuard {
	/** @throws InvalidInputError naming the field, unless the URL is one of http(s), and leads to public addresses alone. */
	check(field: string, url: string): Promise<void>;
	/**
	 * For an HTTP client's `connect: { lookup }`: fails for a name that leads elsewhere by the time of the connection. An
	 * address in the place of a name is never looked up: that is what `check` is for.
	 */
	readonly guardedLookup: LookupFunction;
}

const URL_CHARACTERS = 2_048;
const RESOLVE_MS = 2_000;

/**
 * Asks name servers, by default this machine's: not by way of the thread pool, which a slow name would keep busy. A
 * family of addresses that is not answered for in time counts as none.
 */
export function askNameServers(servers?: readonly string[], timeoutMs = RESOLVE_MS): ResolveName {
	return async (name) => {
		const resolver = new Resolver({ timeout: Math.ceil(timeoutMs / 2), tries: 2 });
		if (servers !== undefined) resolver.setServers(servers);
		const timer = setTimeout(() => resolver.cancel(), timeoutMs);
		const answers = await Promise.allSettled([
			resolver.resolve4(name).then((all) => all.map((address) => ({ address, family: 4 }))),
			resolver.resolve6(name).then((all) => all.map((address) => ({ address, family: 6 }))),
		]);
		clearTimeout(timer);
		return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
	};
}

export function createUrlGuard({ allowPrivate, resolve = askNameServers() }: UrlGuardOptions): UrlGuard {
	return {
		check: async (field, url) => {
			const { hostname } = readHttpUrl(field, url);
			// An IPv6 address without its brackets.
			const host = hostname.replace(/^\[(.*)\]$/, '$1');
			if (!allowPrivate) await requirePublic(field, host, resolve);
		},
		guardedLookup: allowPrivate ? systemLookup : guardLookup(resolve),
	};
}

/**
 * A URL that every reader understands alike.
 * @throws InvalidInputError naming the field, unless it is one of http(s), without credentials, of a bearable length.
 */
export function readHttpUrl(field: string, text: string): URL {
	if (text.length > URL_CHARACTERS)
		throw new InvalidInputError(field, `${field} must have at most ${URL_CHARACTERS} characters.`);
	// What the URL standard reads past, other readers take for another host.
	const url = /^https?:\/\/[^/?#]/i.test(text) && !/[\s\p{Cc}\\]/u.test(text) ? URL.parse(text) : null;
	if (url === null) throw new InvalidInputError(field, `${field} must be an http or https URL.`);
	if (url.username !== '' || url.password !== '')
		throw new InvalidInputError(field, `${field} must not hold a user name or a password.`);
	return url;
}

async function requirePublic(field: string, host: string, resolve: ResolveName): Promise<void> {
	const addresses = await addressesOf(host, resolve);
	if (addresses.length === 0)
		throw new InvalidInputError(field, `${field} must name a host that can be found.`);
	if (!addresses.every(({ address }) => isPublicAddress(address)))
		throw new InvalidInputError(field, `${field} must not lead into a private network.`);
}

async function addressesOf(host: string, resolve: ResolveName): Promise<readonly LookupAddress[]> {
	const family = isIP(host);
	return family === 0 ? resolve(host) : [{ address: host, family }];
}

/** In the place of `dns.lookup`, and as picky about what it is asked. */
function guardLookup(resolve: ResolveName): LookupFunction {
	return (hostname, { all, family }, callback) => {
		const wanted = { IPv4: 4, IPv6: 6 }[String(family)] ?? Number(family ?? 0);
		const find = async () => {
			const addresses = await addressesOf(hostname, resolve);
			if (!addresses.every(({ address }) => isPublicAddress(address)))
				throw refusal(hostname, 'leads into a private network');
			const found = addresses.filter((address) => wanted === 0 || address.family === wanted);
			const [first] = found;
			if (first === undefined) throw refusal(hostname, 'has no address');
			return { first, found: [...found] };
		};
		find().then(
			({ first, found }) => (all ? callback(null, found) : callback(null, first.address, first.family)),
			(error: NodeJS.ErrnoException) => callback(error, []),
		);
	};
}

function refusal(hostname: string, why: string): NodeJS.ErrnoException {
	return Object.assign(new Error(`${hostname} ${why}`), { code: 'ENOTFOUND' });
}

/**
 * Whether an address is one of the public Internet's, by IANA's registries of special-purpose addresses. What translates
 * an IPv4 address (mapped, or NAT64's well-known prefix) is what that one is; tunnels (6to4, Teredo) are refused.
 */
export function isPublicAddress(address: string): boolean {
	if (!ipaddr.isValid(address)) return false;
	const parsed = ipaddr.parse(address);
	if (parsed instanceof ipaddr.IPv4) return parsed.range() === 'unicast';
	const embedded = embeddedIPv4(parsed);
	if (embedded !== undefined) return embedded.range() === 'unicast';
	return parsed.range() === 'unicast' && parsed.match(GLOBAL_UNICAST);
}

/** RFC 4291, 2.4, as IANA has given it out; the rest is reserved, such as IPv4-compatible addresses. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** RFC 4291, 2.5.5.2, and RFC 6052, 2.1. */
const IPV4_WITHIN = [ipaddr.IPv6.parseCIDR('::ffff:0:0/96'), ipaddr.IPv6.parseCIDR('64:ff9b::/96')];

function embeddedIPv4(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
	if (!IPV4_WITHIN.some((prefix) => address.match(prefix))) return undefined;
	return new ipaddr.IPv4(address.toByteArray().slice(12));
}
