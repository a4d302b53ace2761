import type { InferKyselyDB } from '@mikro-orm/sql';
import type { Kysely } from 'kysely';
import type { entities } from './entities.ts';

/** The tables as Kysely sees them: inferred from the entities, so that both always agree. */
export type Tables = InferKyselyDB<(typeof entities)[number]>;

export type Queries = Kysely<Tables>;
