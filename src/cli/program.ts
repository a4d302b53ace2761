import { Command } from 'commander';
import { VERSION } from '../version.ts';
import { checkConfigCommand } from './check-config.ts';
import { deadLettersCommand } from './dead-letters.ts';
import { epochCommand } from './epoch.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { migrateCommand } from './migrate.ts';
import { tokenCommand } from './token.ts';

/** All of `pendo-message`'s commands. */
export function createProgram(): Command {
	const program = new Command('pendo-message')
		.description('Commands of the Pendo Message Service. Settings come from the environment and from .env.')
		.version(VERSION)
		.showHelpAfterError()
		// Without it, commander ends the process before a long output to a pipe is written.
		.exitOverride();
	for (const command of [
		tokenCommand(),
		checkConfigCommand(),
		migrateCommand(),
		epochCommand(),
		exportCommand(),
		importCommand(),
		deadLettersCommand(),
	])
		program.addCommand(withSettingsOf(program, command));
	return program;
}

/** Its subcommands' as well. */
function withSettingsOf(parent: Command, command: Command): Command {
	command.copyInheritedSettings(parent);
	for (const below of command.commands) withSettingsOf(command, below);
	return command;
}
