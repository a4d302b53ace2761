import { type Config, loadConfig, loadEnvFile } from '../config.ts';
import { resolveTokenSettings } from '../identity/development-secret.ts';
import { createTokenSigner, type TokenSigner } from '../identity/sign.ts';
import { CommandError } from './command-error.ts';

/** The settings as the service reads them: the environment, then .env. Throws a ConfigError with every fault. */
export function loadSettings(): Config {
	loadEnvFile();
	return loadConfig(process.env);
}

/**
 * Signs tokens that the service with these settings takes.
 * Throws a CommandError where others publish the keys, a DevelopmentSecretError where its own secret cannot be kept.
 */
export async function createSigner(config: Config): Promise<TokenSigner> {
	const sign = createTokenSigner(await resolveTokenSettings(config.identity));
	if (sign !== undefined) return sign;
	throw new CommandError(
		'JWKS_URL is set: tokens are signed by whoever publishes these keys, not by this service.',
	);
}
