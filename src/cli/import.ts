import { createReadStream, statSync } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Command } from 'commander';
import { messageOf } from '../store/errors.ts';
import { CommandError } from './command-error.ts';
import { onDatabase, type WaitOption, waitOption } from './maintain.ts';
import { describeRows, type ProgressOption, progressLines, withProgress } from './progress-lines.ts';

interface ImportOptions extends WaitOption, ProgressOption {
	readonly copy?: boolean;
}

/** `import`: fills an empty database from an export; interrupted, the same command goes on. */
export function importCommand(): Command {
	return withProgress(new Command('import'))
		.description(
			'fill an empty database from an export, while no service uses it; interrupted, the same command goes on',
		)
		.argument('<file>', 'what "pendo-message export" wrote; - is standard input, not compressed')
		.option(
			'--copy',
			'make it another log with an epoch and an id of its own, where services on both databases go on',
		)
		.addOption(waitOption())
		.action(async (file: string, { wait, progress, copy = false }: ImportOptions) => {
			requireFile(file);
			const { importDatabase } = await import('../store/transfer/import.ts');
			const check = progressLines('checking', progress);
			const write = progressLines('importing', progress);
			const rows = await onDatabase({ wait, create: true }, (database) =>
				importDatabase(database, {
					open: () => read(file),
					canReopen: file !== '-',
					asCopy: copy,
					observers: { check, write },
					onResume: (rows) => console.error(`Going on behind ${rows} rows that are there already.`),
				}),
			).finally(write.end);
			console.log(`Imported ${describeRows(rows)}`);
		});
}

/** Standard input aside. @throws CommandError where there is no such file. */
function requireFile(file: string): void {
	if (file !== '-' && statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
		throw new CommandError(`There is no file ${file}.`);
}

async function* read(file: string): AsyncGenerator<Buffer> {
	const bytes: Readable = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1 << 18 });
	// What goes wrong with the file ends the stream that is read, with the same error.
	const source = file.endsWith('.gz') ? pipeline(bytes, createGunzip(), () => undefined) : bytes;
	const chunks: AsyncIterable<Buffer> = source;
	try {
		for await (const chunk of chunks) yield chunk;
	} catch (error) {
		throw new CommandError(`${file} cannot be read: ${messageOf(error)}`, error);
	} finally {
		// Standard input that stays open would keep a command waiting that has failed.
		bytes.destroy();
	}
}
