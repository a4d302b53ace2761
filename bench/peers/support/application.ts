import type { Logger } from 'pino';
import { type Database, openDatabase } from './database.ts';
import { entityHistory, type History, rowHistory } from './history.ts';
import { createLogger } from './log.ts';
import { readSettings, type Settings } from './settings.ts';
import { type Claims, createAuthenticate } from './tokens.ts';
import { createUsers, type Viewer } from './use-cases.ts';

/** What every GraphQL peer is made of, whichever server carries it. */
export interface Application {
	readonly settings: Settings;
	readonly orm: Database;
	readonly history: History;
	readonly logger: Logger;
	/** From the `authorization` header or connection parameter; throws UNAUTHENTICATED. */
	viewer(authorization: string | undefined): Viewer | Promise<Viewer>;
}

export async function createApplication(): Promise<Application> {
	const settings = readSettings();
	const orm = await openDatabase(settings);
	const authenticate = createAuthenticate(settings.secret);
	const user = createUsers(orm);
	return {
		settings,
		orm,
		history: settings.history === 'rows' ? rowHistory(settings) : entityHistory(orm),
		logger: createLogger(settings.logLevel),
		viewer(authorization) {
			const claims = authenticate(authorization);
			return claims instanceof Promise ? claims.then((late: Claims) => user(late)) : user(claims);
		},
	};
}
