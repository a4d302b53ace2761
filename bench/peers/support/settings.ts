/** What a peer is told by its environment: the same variables as the product's. */
export interface Settings {
	readonly port: number;
	readonly host: string;
	/** sqlite:path or postgresql://… */
	readonly databaseUrl: string;
	/** Connections at most, where the database is a server. */
	readonly poolSize: number;
	readonly secret: string;
	readonly logLevel: string;
	/** How history pages are read: MikroORM entities or raw rows. */
	readonly history: 'entities' | 'rows';
}

/** Throws an Error that names the first missing variable. */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
	const need = (name: string): string => {
		const value = env[name];
		if (!value) throw new Error(`${name} is not set.`);
		return value;
	};
	return {
		port: Number(need('PORT')),
		host: env['HOST'] ?? '127.0.0.1',
		databaseUrl: need('DATABASE_URL'),
		poolSize: Number(need('DATABASE_POOL_MAX')),
		secret: need('JWT_SECRET'),
		logLevel: env['LOG_LEVEL'] ?? 'info',
		history: env['PEER_HISTORY'] === 'rows' ? 'rows' : 'entities',
	};
}

/** The limits of the product's defaults, so that every server pays for the same checks. */
export const LIMITS = {
	depth: 12,
	aliases: 30,
	tokens: 2000,
	cost: 20_000,
	pageSize: 100,
	bodyBytes: 65_536,
} as const;
