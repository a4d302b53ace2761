import pg from 'pg';

/** Over a connection of its own. What is sent as one text is one transaction. */
export async function queryPostgres<Row extends pg.QueryResultRow>(
	url: string,
	text: string,
): Promise<Row[]> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		return (await client.query<Row>(text)).rows;
	} finally {
		await client.end();
	}
}
