import { existsSync } from 'node:fs';
import { z } from 'zod';
import {
	type DatabaseConfig,
	databaseConfig,
	databaseModel,
	describeDatabase,
	MASK,
	maskUrl,
	type ServerDatabaseConfig,
	type SqliteConfig,
} from './config/database.ts';
import { graphqlConfig, graphqlModel } from './config/graphql.ts';
import { httpConfig, httpModel, socketsConfig, socketsModel } from './config/http.ts';
import { findIdentityFault, type IdentityConfig, identityConfig, identityModel } from './config/identity.ts';
import { limitsConfig, limitsModel } from './config/limits.ts';
import { liveConfig, liveModel, writeQueueConfig, writeQueueModel } from './config/live.ts';
import { logConfig, logModel } from './config/log.ts';
import {
	describeOutbound,
	findOutboundFaults,
	type OutboundConfig,
	outboundConfig,
	outboundModel,
} from './config/outbound.ts';
import { type RedisConfig, redisConfig, redisModel } from './config/redis.ts';
import { choice } from './config/values.ts';
import { describeWebhooks, webhooksConfig, webhooksModel } from './config/webhooks.ts';

export type {
	DatabaseConfig,
	IdentityConfig,
	OutboundConfig,
	RedisConfig,
	ServerDatabaseConfig,
	SqliteConfig,
};
export { describeDatabase };

type HttpConfig = ReturnType<typeof httpConfig>;
export type SocketsConfig = ReturnType<typeof socketsConfig>;
export type GraphQLConfig = ReturnType<typeof graphqlConfig>;
type LimitsConfig = ReturnType<typeof limitsConfig>;
type LiveConfig = ReturnType<typeof liveConfig>;
type WriteQueueConfig = ReturnType<typeof writeQueueConfig>;
export type WebhooksConfig = ReturnType<typeof webhooksConfig>;
type LogConfig = ReturnType<typeof logConfig>;

export interface Config {
	readonly http: HttpConfig;
	readonly sockets: SocketsConfig;
	readonly limits: LimitsConfig;
	readonly graphql: GraphQLConfig;
	readonly database: DatabaseConfig;
	readonly writeQueue: WriteQueueConfig;
	readonly live: LiveConfig;
	/** Undefined where the service is one node. */
	readonly redis: RedisConfig | undefined;
	readonly identity: IdentityConfig;
	readonly outbound: OutboundConfig;
	readonly webhooks: WebhooksConfig;
	readonly log: LogConfig;
	/** What `describeConfig` shows; secrets are masked already. */
	readonly effective: readonly EffectiveSetting[];
}

export interface EffectiveSetting {
	/** The variable. */
	readonly name: string;
	readonly value: string;
	readonly from: 'default' | 'environment';
}

export interface ConfigFault {
	/** The variable. */
	readonly name: string;
	readonly problem: string;
}

/** Every fault of the settings at once. No message repeats a secret. */
export class ConfigError extends Error {
	readonly faults: readonly ConfigFault[];

	constructor(faults: readonly ConfigFault[]) {
		const lines = faults.map(({ name, problem }) => `  ${name}: ${problem}`);
		super(['The settings are not valid:', ...lines].join('\n'));
		this.name = 'ConfigError';
		this.faults = faults;
	}
}

/**
 * Adds the variables of `file` to the environment where there is such a file; variables already set win.
 * Answers whether there was one. Throws a ConfigError when it cannot be read.
 */
export function loadEnvFile(file = '.env'): boolean {
	if (!existsSync(file)) return false;
	try {
		process.loadEnvFile(file);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new ConfigError([{ name: file, problem: `cannot be read: ${reason}` }]);
	}
	return true;
}

function settingsModel(production: boolean) {
	return z.object({
		NODE_ENV: choice(['production', 'development', 'test']).default('development'),
		...httpModel(production).shape,
		...databaseModel().shape,
		...identityModel.shape,
		...logModel.shape,
		...graphqlModel(production).shape,
		...socketsModel.shape,
		...limitsModel.shape,
		...writeQueueModel.shape,
		...liveModel.shape,
		...redisModel.shape,
		...outboundModel.shape,
		...webhooksModel.shape,
	});
}

type Settings = z.output<ReturnType<typeof settingsModel>>;

/**
 * The settings of `env`; a variable that is empty counts as not set, one that is not known is ignored.
 * Throws a ConfigError with every fault.
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
	const given = nonEmpty(env);
	const production = given['NODE_ENV']?.trim().toLowerCase() === 'production';
	const result = settingsModel(production).safeParse(given);
	const identityFault = findIdentityFault(given, production);
	const faults = [
		...faultsOf(result.error),
		...(identityFault === undefined ? [] : [identityFault]),
		...findOutboundFaults(given),
	];
	if (!result.success || faults.length > 0) throw new ConfigError(faults);

	const settings = result.data;
	const database = databaseConfig(settings);
	const identity = identityConfig(settings, database);
	return {
		http: httpConfig(settings),
		sockets: socketsConfig(settings),
		limits: limitsConfig(settings),
		graphql: graphqlConfig(settings),
		database,
		writeQueue: writeQueueConfig(settings),
		live: liveConfig(settings),
		redis: redisConfig(settings),
		identity,
		outbound: outboundConfig(settings, production),
		webhooks: webhooksConfig(settings),
		log: logConfig(settings),
		effective: effectiveSettings(settings, given, identity),
	};
}

/** Of `env` the database's settings alone, for commands that need no others. Throws a ConfigError with every fault. */
export function loadDatabaseConfig(env: NodeJS.ProcessEnv): DatabaseConfig {
	const result = databaseModel().safeParse(nonEmpty(env));
	if (!result.success) throw new ConfigError(faultsOf(result.error));
	return databaseConfig(result.data);
}

function faultsOf(error: z.ZodError | undefined): ConfigFault[] {
	return (error?.issues ?? []).map(({ path, message }) => ({ name: String(path[0]), problem: message }));
}

/** The effective settings in the order in which `.env.example` documents them; secrets are masked. */
export function describeConfig(config: Config): readonly EffectiveSetting[] {
	return config.effective;
}

function nonEmpty(env: NodeJS.ProcessEnv): Record<string, string> {
	const given: Record<string, string> = {};
	for (const [name, value] of Object.entries(env))
		if (value !== undefined && value !== '') given[name] = value;
	return given;
}

function effectiveSettings(
	settings: Settings,
	given: Readonly<Record<string, string>>,
	identity: IdentityConfig,
): EffectiveSetting[] {
	const ownSecret =
		identity.kind === 'development' ? `(the service's own, in ${identity.secretFile})` : undefined;
	const shown = {
		...settings,
		DATABASE_URL: describeDatabase(settings.DATABASE_URL),
		REDIS_URL: settings.REDIS_URL?.shown,
		JWT_SECRET: settings.JWT_SECRET === undefined ? ownSecret : MASK,
		JWKS_URL: settings.JWKS_URL && maskUrl(settings.JWKS_URL.href),
		METRICS_TOKEN: settings.METRICS_TOKEN && MASK,
		ALLOWED_ORIGINS: settings.ALLOWED_ORIGINS.join(',') || undefined,
		...describeOutbound(settings),
		...describeWebhooks(settings),
	};
	return Object.keys(settingsModel(false).shape).map((name) => ({
		name,
		value: escapeControls(String(Object.entries(shown).find(([key]) => key === name)?.[1] ?? '(not set)')),
		from: given[name] === undefined ? 'default' : 'environment',
	}));
}

function escapeControls(text: string): string {
	return text.replace(/\p{Cc}/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
