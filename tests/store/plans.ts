import { type Compilable, CompiledQuery } from 'kysely';
import type { Database } from '../../src/store/database.ts';

/** What PostgreSQL did for a statement. */
export interface Execution {
	/** Rows that were fetched from tables, those included that a filter threw away. */
	readonly rowsRead: number;
	/** Tables that were read from end to end. */
	readonly scanned: readonly string[];
	/** To be shown when an expectation fails. */
	readonly plan: string;
}

interface PlanNode {
	readonly 'Node Type': string;
	readonly 'Relation Name'?: string;
	readonly 'Index Name'?: string;
	readonly 'Actual Rows': number;
	readonly 'Actual Loops': number;
	readonly 'Rows Removed by Filter'?: number;
	readonly 'Rows Removed by Index Recheck'?: number;
	readonly Plans?: readonly PlanNode[];
}

/** Runs the statement, as the planner sees fit. */
export async function execute({ queries }: Database, statement: Compilable): Promise<Execution> {
	const { sql, parameters } = statement.compile();
	const explain = CompiledQuery.raw(`explain (analyze, format json) ${sql}`, [...parameters]);
	const { rows } = await queries.executeQuery<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(explain);
	const nodes = (rows[0]?.['QUERY PLAN'] ?? []).flatMap(({ Plan }) => nodesOf(Plan));
	const scans = nodes.filter((node) => /Scan$/.test(node['Node Type']) && node['Relation Name']);
	return {
		rowsRead: scans.reduce((sum, scan) => sum + rowsOf(scan), 0),
		scanned: scans
			.filter((scan) => scan['Node Type'] === 'Seq Scan')
			.map((scan) => scan['Relation Name'] ?? ''),
		plan: nodes.map(describe).join('\n'),
	};
}

function nodesOf(node: PlanNode): readonly PlanNode[] {
	return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function rowsOf(scan: PlanNode): number {
	const removed = (scan['Rows Removed by Filter'] ?? 0) + (scan['Rows Removed by Index Recheck'] ?? 0);
	return (scan['Actual Rows'] + removed) * scan['Actual Loops'];
}

function describe(node: PlanNode): string {
	return `${node['Node Type']} ${node['Index Name'] ?? node['Relation Name'] ?? ''} ${rowsOf(node)} rows`;
}

/** SQLite's steps, such as "SEARCH messages USING PRIMARY KEY (conversation_id=? AND sequence<?)". */
export async function stepsOf({ queries }: Database, statement: Compilable): Promise<readonly string[]> {
	const { sql, parameters } = statement.compile();
	const explain = CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]);
	const { rows } = await queries.executeQuery<{ detail: string }>(explain);
	return rows.map(({ detail }) => detail);
}
