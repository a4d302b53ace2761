import { ConfigError, loadConfig, loadEnvFile } from './config.ts';
import { DevelopmentSecretError } from './identity/development-secret.ts';
import { flushStdout } from './observability/logger.ts';
import { createService, type Service } from './service.ts';
import { DatabaseError } from './store/errors.ts';
import { printWelcome } from './welcome.ts';

/** Starts the service, and stops it on SIGTERM or SIGINT. The only place that ends the process. */
async function main(): Promise<void> {
	loadEnvFile();
	const config = loadConfig(process.env);
	// Nothing is served yet, and the database may be waited for: there is nothing to stop in order.
	const endAtOnce = () => void end(0);
	process.on('SIGTERM', endAtOnce).on('SIGINT', endAtOnce);
	const service = await createService(config);
	process.off('SIGTERM', endAtOnce).off('SIGINT', endAtOnce);
	stopOnSignal(service, config.http.shutdownTimeoutMs);
	const port = await service.start();
	await printWelcome(config, service, port);
}

function stopOnSignal(service: Service, timeoutMs: number): void {
	let stopping = false;
	const stop = (signal: string) => {
		if (stopping) return;
		stopping = true;
		service.logger.info({ signal }, 'stopping');
		setTimeout(() => {
			service.logger.error('stopping took too long: what is left is cut off');
			void end(1);
		}, timeoutMs).unref();
		service.stop().then(
			() => {
				service.logger.info('stopped');
				return end(0);
			},
			(err: unknown) => {
				service.logger.error({ err }, 'stopping failed');
				return end(1);
			},
		);
	};
	process.on('SIGTERM', stop);
	process.on('SIGINT', stop);
}

async function end(code: number): Promise<void> {
	process.exitCode = code;
	await flushStdout();
	process.exit(code);
}

/** Faults that a person mends: told in a sentence, without a stack. */
function isForPeople(error: unknown): error is Error {
	const code = error instanceof Error && 'code' in error ? error.code : undefined;
	return (
		error instanceof ConfigError ||
		error instanceof DatabaseError ||
		error instanceof DevelopmentSecretError ||
		['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND'].includes(String(code))
	);
}

/** What is wrong, and where a setting decides it, which one. */
function forPeople(error: Error): string {
	const setting = { EADDRINUSE: 'PORT', EACCES: 'PORT', EADDRNOTAVAIL: 'HOST', ENOTFOUND: 'HOST' };
	const name = 'code' in error && setting[error.code as keyof typeof setting];
	return name ? `The port cannot be opened: ${error.message}. Set ${name} to another one.` : error.message;
}

main().catch((error: unknown) => {
	process.stderr.write(
		`${isForPeople(error) ? forPeople(error) : String(error instanceof Error ? error.stack : error)}\n`,
	);
	void end(1);
});
