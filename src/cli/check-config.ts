import { Command } from 'commander';
import { describeConfig, loadConfig, loadEnvFile } from '../config.ts';

/** `check-config`: the effective settings on standard output, one a line; throws a ConfigError with all faults. */
export function checkConfigCommand(): Command {
	return new Command('check-config')
		.description('show the effective settings, secrets masked, or everything that is wrong with them')
		.action(() => {
			loadEnvFile();
			const settings = describeConfig(loadConfig(process.env));
			const width = Math.max(...settings.map(({ name }) => name.length));
			for (const { name, value, from } of settings) {
				console.log(
					`${name.padEnd(width)}  ${value}${from === 'environment' ? '  (from the environment)' : ''}`,
				);
			}
		});
}
