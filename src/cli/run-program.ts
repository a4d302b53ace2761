import { type Command, CommanderError } from 'commander';

/** Runs a command line to its end. Whatever goes wrong, the one who typed it gets a sentence, not a stack. */
export async function runProgram(program: Command, argv: readonly string[] = process.argv): Promise<void> {
	try {
		await program.parseAsync(argv);
	} catch (error) {
		if (error instanceof CommanderError) {
			process.exitCode = error.exitCode;
		} else {
			console.error(error instanceof Error ? error.message : error);
			process.exitCode = 1;
		}
	}
}
