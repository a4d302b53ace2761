import { openSync, writeSync } from 'node:fs';
import { Command } from 'commander';
import { loadEnvFile } from '../config.ts';
import { MAGIC } from '../mock-provider/behaviours.ts';
import { createMockProvider } from '../mock-provider/mock-provider.ts';
import { mockProviderSettings, SETTINGS } from '../mock-provider/settings.ts';
import { runProgram } from './run-program.ts';

const program = new Command('mock-provider')
	.description('A provider of SMS, MMS and email that sends nothing, and answers as it is told.')
	.addHelpText('after', help())
	.showHelpAfterError()
	.exitOverride()
	.action(async () => {
		loadEnvFile();
		const { port, host, logFile, options } = mockProviderSettings(process.env);
		const file = logFile === undefined ? undefined : openSync(logFile, 'a');
		const provider = createMockProvider({
			...options,
			onEntry: (entry) => {
				const line = `${JSON.stringify(entry)}\n`;
				// Synchronous: what is answered has been told, whoever is killed next.
				if (file === undefined) process.stdout.write(line);
				else writeSync(file, line);
			},
		});
		const stop = () => void provider.close();
		process.once('SIGTERM', stop).once('SIGINT', stop);
		console.log(`The mock provider listens: ${await provider.listen(port, host)}`);
	});

await runProgram(program);

function help(): string {
	const settings = SETTINGS.map(
		([name, fallback, what]) => `  ${name.padEnd(33)}${what}${fallback && ` (${fallback})`}`,
	);
	const magic = MAGIC.map(({ code, does }) => `  ${code}  ${does.replaceAll('`', '')}`);
	return [
		'',
		'Settings, from the environment and from .env:',
		...settings,
		'',
		'By the last four digits of a number, or the word behind the + of an email address:',
		...magic,
		'',
	].join('\n');
}
