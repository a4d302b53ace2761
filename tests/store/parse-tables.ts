interface Table {
	/** Type, nullability and collation by column. */
	readonly columns: Record<string, string>;
	/** By name, with what it is. */
	readonly keys: Record<string, string>;
}

type Tables = Record<string, Table>;

/**
 * The tables that statements of T-SQL make, to be compared: by name, in whatever order. It knows the forms that are in
 * use and throws at any other, so that none goes by unseen; INSERT and UPDATE make no tables.
 */
export function parseTables(statements: readonly string[]): Tables {
	const tables: Tables = {};
	for (const statement of statements.map(plain).filter((text) => text !== ''))
		if (!FORMS.some(([form, apply]) => applyIf(form, apply, statement, tables)))
			throw new Error(`A form that is not known: ${statement}`);
	return tables;
}

function plain(statement: string): string {
	return statement
		.replace(/[[\];]/g, '')
		.replace(/\s+/g, ' ')
		.trim();
}

type Apply = (tables: Tables, ...groups: readonly string[]) => void;

function applyIf(form: RegExp, apply: Apply, statement: string, tables: Tables): boolean {
	const [match, ...groups] = form.exec(statement) ?? [];
	if (match !== undefined) apply(tables, ...groups.map((group) => group ?? ''));
	return match !== undefined;
}

const FORMS: readonly (readonly [RegExp, Apply])[] = [
	[
		/^create table (\w+) \((.*)\)$/,
		(tables, name = '', body = '') => {
			const table: Table = { columns: {}, keys: {} };
			for (const part of body.split(/,(?![^(]*\))/)) addPart(table, part.trim());
			tables[name] = table;
		},
	],
	[
		/^create (unique index|index) (\w+) on (\w+) (.*)$/,
		(tables, kind = '', name = '', table = '', rest = '') => {
			tableOf(tables, table).keys[name] = `${kind} ${rest}`;
		},
	],
	[/^alter table (\w+) add (.*)$/, (tables, table = '', part = '') => addPart(tableOf(tables, table), part)],
	[
		/^alter table (\w+) drop column (\w+)$/,
		(tables, table = '', column = '') => delete tableOf(tables, table).columns[column],
	],
	[
		/^drop index (\w+) on (\w+)$/,
		(tables, name = '', table = '') => delete tableOf(tables, table).keys[name],
	],
	[/^drop table (\w+)$/, (tables, name = '') => delete tables[name]],
	[/^(insert into|update) /, () => undefined],
];

function tableOf(tables: Tables, name: string): Table {
	const table = tables[name];
	if (table === undefined) throw new Error(`There is no table ${name}.`);
	return table;
}

function addPart(table: Table, part: string): void {
	const [, constraint, definition] = /^constraint (\w+) (.*)$/.exec(part) ?? [];
	if (constraint !== undefined && definition !== undefined) {
		table.keys[constraint] = definition;
		return;
	}
	const [, column, type] = /^(\w+) (.*)$/.exec(part) ?? [];
	if (column === undefined || type === undefined) throw new Error(`No column: ${part}`);
	table.columns[column] = type;
}
