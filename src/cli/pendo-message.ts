#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { checkConfigCommand } from './check-config.ts';
import { tokenCommand } from './token.ts';

const program = new Command('pendo-message')
	.description('Commands of the Pendo Message Service. Settings come from the environment and from .env.')
	.showHelpAfterError()
	// Without it, commander ends the process before a long output to a pipe is written.
	.exitOverride();

for (const command of [tokenCommand(), checkConfigCommand()]) {
	program.addCommand(command.copyInheritedSettings(program));
}

try {
	await program.parseAsync();
} catch (error) {
	if (error instanceof CommanderError) {
		process.exitCode = error.exitCode;
	} else {
		// Whatever went wrong, the one who typed the command gets a sentence, not a stack.
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	}
}
