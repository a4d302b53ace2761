import { Command } from 'commander';
import type { Migrations } from '../store/migrate.ts';
import { CommandError } from './command-error.ts';
import { onDatabase, type WaitOption, waitOption } from './maintain.ts';

/** What `migrate status` ends with where this version's service would not start. */
const NOT_CURRENT = 2;

/** `migrate up | down | status`: the tables of the configured database. */
export function migrateCommand(): Command {
	return new Command('migrate')
		.description("bring the database's tables to this version, go back a step, or show where they stand")
		.addCommand(upCommand())
		.addCommand(downCommand())
		.addCommand(statusCommand());
}

function upCommand(): Command {
	return new Command('up')
		.description('apply every migration that is missing: all of them, or on a failure none')
		.addOption(waitOption())
		.action(async ({ wait }: WaitOption) => {
			const { migrateUp } = await import('../store/migrate.ts');
			const applied = await onDatabase({ wait, create: true }, ({ orm, exclusively }) =>
				migrateUp(orm, exclusively),
			);
			for (const name of applied) console.log(`applied ${name}`);
			if (applied.length === 0) console.log('Nothing to apply: the tables are those of this version.');
		});
}

function downCommand(): Command {
	return new Command('down')
		.description('undo the migration that was applied last, with the data in its tables and columns')
		.option('--yes', 'really: that data is lost')
		.addOption(waitOption())
		.action(async ({ wait, yes = false }: WaitOption & { readonly yes?: boolean }) => {
			const { migrateDown, readMigrations } = await import('../store/migrate.ts');
			const undone = await onDatabase({ wait }, async ({ orm, exclusively }) => {
				if (!yes) throw new CommandError(describeLoss(await readMigrations(orm)));
				return migrateDown(orm, exclusively);
			});
			console.log(undone === undefined ? 'Nothing to undo.' : `undid ${undone}`);
		});
}

function describeLoss({ applied }: Migrations): string {
	const last = applied.at(-1);
	if (last === undefined) return 'Nothing to undo.';
	return (
		`Undoing ${last.name} loses the data in its tables and columns. Stop the services, make a backup, ` +
		'and say it again with --yes.'
	);
}

function statusCommand(): Command {
	return new Command('status')
		.description('show which migrations are applied; changes nothing, and ends with 2 unless all are')
		.addOption(waitOption())
		.action(async ({ wait }: WaitOption) => {
			const { readMigrations } = await import('../store/migrate.ts');
			const migrations = await onDatabase({ wait }, ({ orm }) => readMigrations(orm));
			for (const line of describe(migrations)) console.log(line);
			if (migrations.pending.length + migrations.unknown.length > 0) process.exitCode = NOT_CURRENT;
		});
}

function describe({ applied, pending, unknown }: Migrations): readonly string[] {
	const lines = [
		...applied.map(({ name, at }) => {
			const state = unknown.includes(name) ? 'unknown: of a newer version, applied' : 'applied';
			return [name, `${state} ${at.toISOString()}`] as const;
		}),
		...pending.map((name) => [name, 'pending'] as const),
	];
	const width = Math.max(...lines.map(([name]) => name.length));
	return lines.map(([name, state]) => `${name.padEnd(width)}  ${state}`);
}
