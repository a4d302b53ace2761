import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { link, rename, rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Command } from 'commander';
import { messageOf } from '../store/errors.ts';
import { VERSION } from '../version.ts';
import { CommandError } from './command-error.ts';
import { onDatabase, type WaitOption, waitOption } from './maintain.ts';
import { describeRows, type ProgressOption, progressLines, withProgress } from './progress-lines.ts';

/** `export`: all data of the configured database, in one consistent state, to a file or to standard output. */
export function exportCommand(): Command {
	return withProgress(new Command('export'))
		.description('write all data of the database to a file, also while services run')
		.argument('<file>', 'JSON Lines, compressed when the name ends in .gz; - is standard output')
		.addOption(waitOption())
		.action(async (file: string, { wait, progress }: WaitOption & ProgressOption) => {
			if (file !== '-' && existsSync(file)) throw alreadyThere(file);
			const { exportDatabase } = await import('../store/transfer/export.ts');
			const observer = progressLines('exporting', progress);
			const rows = await onDatabase({ wait }, (database) =>
				exportDatabase(database, { write: (text) => write(text, file), version: VERSION, observer }),
			).finally(observer.end);
			if (file !== '-') console.log(`Exported ${describeRows(rows)} to ${file}`);
		});
}

async function write(text: AsyncIterable<string>, file: string): Promise<void> {
	if (file === '-') return pour(text, process.stdout, '-');
	// A file of the name that was asked for is whole.
	const part = `${file}.${randomBytes(4).toString('hex')}.part`;
	try {
		// Messages are nobody else's to read.
		await pour(text, createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }), file);
		await giveName(part, file);
	} finally {
		await rm(part, { force: true });
	}
}

/**
 * Takes the place of no file that was made meanwhile. Where there are no hard links, there is a moment between the look
 * and the renaming.
 */
async function giveName(part: string, file: string): Promise<void> {
	await link(part, file).catch(async () => {
		if (existsSync(file)) throw alreadyThere(file);
		await rename(part, file);
	});
}

function alreadyThere(file: string): CommandError {
	return new CommandError(`The file ${file} is there already: name another one, or remove it first.`);
}

/** @throws CommandError when the text cannot be written. */
async function pour(text: AsyncIterable<string>, target: Writable, file: string): Promise<void> {
	const isCompressed = file.endsWith('.gz');
	target.on('error', () => undefined);
	const writing = isCompressed
		? pipeline(Readable.from(text), createGzip(), target)
		: pipeline(Readable.from(text), target);
	try {
		await writing;
	} catch (error) {
		if (!(error instanceof Error && 'syscall' in error)) throw error;
		throw new CommandError(`The export cannot be written: ${messageOf(error)}`, error);
	}
}
