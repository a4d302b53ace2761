import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readHistory } from '../faults/senders.ts';
import { callCommand } from '../support/command.ts';
import { converse, follow, send, take } from '../support/live.ts';
import { type PostgresServer, skipWithoutPrograms, startPostgres } from '../support/postgres-server.ts';
import { queryPostgres } from '../support/query-postgres.ts';
import { startService } from '../support/service.ts';

/** The statements of a document's SQL block that has this text in it, each by itself. */
async function statementsOf(document: string, text: string): Promise<readonly string[]> {
	const blocks = (await readFile(document, 'utf8')).matchAll(/^```sql\n(.*?)^```$/gms);
	const block = [...blocks].map(([, sql = '']) => sql).find((sql) => sql.includes(text));
	const statements = block?.split(';\n').filter((statement) => statement.trim() !== '') ?? [];
	expect(statements.length, `${document} has a script with ${text}`).toBeGreaterThan(1);
	return statements;
}

describe.skipIf(skipWithoutPrograms('the rights that the documents give'))(
	"the documents' two users of PostgreSQL",
	() => {
		let server: PostgresServer;
		/** Of the user who owns the tables, and of the one who serves. */
		let owner: string;
		let serving: string;

		beforeAll(async () => {
			server = await startPostgres();
			for (const statement of await statementsOf('docs/databases.md', 'CREATE DATABASE pendo OWNER'))
				await server.sql(statement);
			await server.sql('create role pendo_service login');
			const url = (user: string) => server.url.replace(/postgres@(.*)postgres$/, `${user}@$1pendo`);
			owner = url('pendo');
			serving = url('pendo_service');
		});
		afterAll(() => server.remove());

		test('one migrates, the other sends, reads and follows, and can do nothing else', async () => {
			expect(await callCommand(['migrate', 'up'], { DATABASE_URL: owner })).toMatchObject({ code: 0 });
			for (const statement of await statementsOf('docs/migrations.md', 'TO pendo_service'))
				await queryPostgres(owner, statement);

			const service = await startService({ DATABASE_URL: serving });
			try {
				const agent = await service.client('Agent', 'AGENT');
				const { id, lastSequence } = await converse(agent);
				const events = follow(agent, id, { after: lastSequence });
				const { sequence } = await send(agent, id, 'with few rights');
				expect(await take(events, 1)).toMatchObject([{ sequence }]);
				expect((await readHistory(agent, id)).messages.map(({ body }) => body)).toEqual(['with few rights']);
			} finally {
				await service.stop();
			}

			for (const statement of [
				'drop table messages',
				'alter table messages add column more integer',
				'truncate messages',
				"insert into mikro_orm_migrations (name) values ('9999-of-tomorrow')",
				'delete from mikro_orm_migrations',
			])
				await expect(queryPostgres(serving, statement), statement).rejects.toThrow(
					/must be owner|permission denied/,
				);
			await queryPostgres(owner, 'create table of_a_later_migration (number integer)');
			await queryPostgres(serving, 'insert into of_a_later_migration values (1)');
		});

		test('a command that migrates as the other says what it lacks', async () => {
			await callCommand(['migrate', 'down', '--yes'], { DATABASE_URL: owner });
			const { code, stderr } = await callCommand(['migrate', 'up'], { DATABASE_URL: serving });
			expect({ code, stderr }).toEqual({
				code: 1,
				stderr: expect.stringMatching(/must be owner|permission denied/),
			});
		});
	},
);
