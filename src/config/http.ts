import { isIP } from 'node:net';
import { z } from 'zod';
import { bytes, flag, integer, milliseconds, type Refusal, refuse, setting } from './values.ts';

const FRAME_AND_BODY_MAX_BYTES = 16 * 1024 * 1024;

/** A name or an address to listen on, without a scheme, a port or brackets. */
function readHost(text: string): string | Refusal {
	const host = text.trim();
	if (isIP(host) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host)) return host;
	return refuse('must be a host name or an IP address, without a scheme, a port or brackets');
}

function readOrigin(text: string): string | Refusal {
	if (text === '*') {
		return refuse(
			"must list origins: '*' would let every web page use the service in its visitor's name " +
				'(same-origin is always allowed)',
		);
	}
	const url = URL.parse(text);
	const bare = url !== null && url.pathname === '/' && `${url.search}${url.hash}${url.username}` === '';
	if (!bare || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
		return refuse('must be a comma-separated list of origins such as https://app.example.com');
	}
	return url.origin;
}

function readOrigins(text: string): readonly string[] | Refusal {
	const origins = new Set<string>();
	for (const entry of text.split(',').map((part) => part.trim())) {
		if (entry === '') continue;
		const origin = readOrigin(entry);
		if (typeof origin !== 'string') return origin;
		origins.add(origin);
	}
	return [...origins];
}

/** It travels as a bearer token (RFC 6750, 2.1: b64token); and it guards a port that may be public, so it is long. */
function readMetricsToken(text: string): string | Refusal {
	if (text.length >= 16 && /^[\w.~+/-]+=*$/.test(text)) return text;
	return refuse('must have at least 16 characters: letters, digits and - . _ ~ + /, = only at the end');
}

/** Where the service listens, and what it takes over HTTP. */
export function httpModel(production: boolean) {
	return z.object({
		PORT: integer(4000, { min: 0, max: 65_535 }),
		HOST: setting(readHost).default(production ? '0.0.0.0' : '127.0.0.1'),
		ALLOWED_ORIGINS: setting(readOrigins).default([]),
		TRUST_PROXY: flag(false),
		MAX_BODY_BYTES: bytes(262_144, FRAME_AND_BODY_MAX_BYTES),
		METRICS_TOKEN: setting(readMetricsToken).optional(),
		SHUTDOWN_TIMEOUT_MS: milliseconds(10_000, 100),
	});
}

/** As the HTTP server takes it: bytes and milliseconds. */
export function httpConfig(values: z.output<ReturnType<typeof httpModel>>) {
	return {
		/** 0: any free port. */
		port: values.PORT,
		host: values.HOST,
		/** Beside the service's own origin; as browsers write them, without a trailing slash. */
		allowedOrigins: values.ALLOWED_ORIGINS,
		/** Whether X-Forwarded-Host is believed. */
		trustProxy: values.TRUST_PROXY,
		maxBodyBytes: values.MAX_BODY_BYTES,
		metricsToken: values.METRICS_TOKEN,
		shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
	} as const;
}

/** What one WebSocket or stream may hold and how long it may keep the service waiting. */
export const socketsModel = z.object({
	MAX_FRAME_BYTES: bytes(262_144, FRAME_AND_BODY_MAX_BYTES),
	MAX_FRAMES_PER_SECOND: integer(1000, { min: 1, max: 1_000_000, unit: 'frames' }),
	MAX_SUBSCRIPTIONS_PER_SOCKET: integer(100, { min: 1, max: 10_000, unit: 'subscriptions' }),
	CONNECTION_INIT_TIMEOUT_MS: milliseconds(10_000, 10, 600_000),
	SLOW_READER_MAX_BYTES: bytes(65_536, 1024 ** 3),
	SLOW_READER_MAX_MS: milliseconds(10_000, 10),
});

/** As the sockets take it: bytes and milliseconds. */
export function socketsConfig(values: z.output<typeof socketsModel>) {
	return {
		maxFrameBytes: values.MAX_FRAME_BYTES,
		/** Five seconds' worth may come at once. */
		maxFramesPerSecond: values.MAX_FRAMES_PER_SECOND,
		maxSubscriptionsPerSocket: values.MAX_SUBSCRIPTIONS_PER_SOCKET,
		connectionInitTimeoutMs: values.CONNECTION_INIT_TIMEOUT_MS,
		/** What may wait for a reader before it is given no more, and how long it may take nothing before it is closed. */
		slowReaderMaxBytes: values.SLOW_READER_MAX_BYTES,
		slowReaderMaxMs: values.SLOW_READER_MAX_MS,
	} as const;
}
