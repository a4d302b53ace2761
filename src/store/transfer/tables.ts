import type { EntityProperty, MikroORM } from '@mikro-orm/sql';
import { entities, SettingEntity } from '../entities.ts';
import type { Tables } from '../tables.ts';
import { type Kind, readValue, type Value, writeValue } from './values.ts';

export type TableName = keyof Tables & string;

export interface TransferColumn {
	readonly name: string;
	readonly kind: Kind;
	readonly nullable: boolean;
	/** UTF-16 units of a text; without it there is no limit. */
	readonly maxLength?: number;
}

/** A table as it is carried from one database to another: all of its columns. */
export interface TransferTable {
	readonly name: TableName;
	readonly columns: readonly TransferColumn[];
	/** The columns of the primary key, by which the rows are paged and ordered. */
	readonly key: readonly string[];
}

/** A row's values, in the order of its table's columns. */
export type Row = readonly Value[];

/** MikroORM's names of the types that the entities have. */
const KINDS: ReadonlyMap<string, Kind> = new Map([
	['UuidType', 'uuid'],
	['string', 'text'],
	// SQL Server's.
	['UnicodeStringType', 'text'],
	['integer', 'integer'],
	['boolean', 'flag'],
	['Date', 'instant'],
]);

/** Every table of the entities. The settings come last: with them the target becomes the log that it takes over. */
export function transferTables(orm: MikroORM): readonly TransferTable[] {
	const all = [...orm.getMetadata().getAll().values()];
	const tables = entities.map(({ meta: { className } }): TransferTable => {
		const meta = all.find((candidate) => candidate.className === className);
		if (meta === undefined) throw new Error(`${className} is no entity of this database.`);
		const columns = meta.props.map((property) => toColumn(meta.tableName, property));
		const key = meta.primaryKeys.map((name) => columnName(meta.properties[name] as EntityProperty));
		return { name: meta.tableName as TableName, columns, key };
	});
	const isSettings = ({ name }: TransferTable) => name === SettingEntity.meta.tableName;
	return [...tables.filter((table) => !isSettings(table)), ...tables.filter(isSettings)];
}

function toColumn(table: string, property: EntityProperty): TransferColumn {
	const name = columnName(property);
	const kind = KINDS.get(property.type);
	if (kind === undefined) throw new Error(`No form in an export for ${table}.${name} of ${property.type}.`);
	const { nullable = false, length = -1 } = property;
	return { name, kind, nullable, ...(kind === 'text' && length > 0 && { maxLength: length }) };
}

function columnName({ name, fieldNames }: EntityProperty): string {
	const [column] = fieldNames;
	if (column === undefined || fieldNames.length > 1) throw new Error(`${name} is not one column.`);
	return column;
}

/** One line of an export, with its end: the table and then the columns, each in its order. */
export function writeRow(table: TransferTable, row: Readonly<Record<string, unknown>>): string {
	const line: Record<string, unknown> = { table: table.name };
	for (const { name, kind } of table.columns) line[name] = writeValue(kind, row[name]);
	return `${JSON.stringify(line)}\n`;
}

/** @throws Error saying what is wrong, when these are not exactly the table's columns with values that it takes. */
export function readRow(table: TransferTable, line: Readonly<Record<string, unknown>>): Row {
	for (const name of Object.keys(line))
		if (name !== 'table' && !table.columns.some((column) => column.name === name))
			throw new Error(`${table.name} has no column ${JSON.stringify(name)}.`);
	return table.columns.map((column) => {
		const problem = (what: string) => new Error(`${table.name}.${column.name} ${what}.`);
		const value = line[column.name];
		if (value === undefined) throw problem('is missing');
		if (value === null) {
			if (column.nullable) return null;
			throw problem('must not be null');
		}
		const read = readValue(column.kind, value);
		if (read === undefined) throw problem(`is not ${NOUNS[column.kind]}`);
		if (typeof read === 'string' && read.length > (column.maxLength ?? Number.POSITIVE_INFINITY))
			throw problem(`has more than ${column.maxLength} characters`);
		return read;
	});
}

const NOUNS: Record<Kind, string> = {
	uuid: 'a UUID in lower case',
	text: 'well-formed text without U+0000',
	integer: 'a whole number of 32 bits',
	flag: 'true or false',
	instant: 'an instant such as 2026-01-31T12:00:00.000Z',
};
