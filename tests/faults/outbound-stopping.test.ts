import { expect, test } from 'vitest';
import { sendBody, sendOverHttp } from '../support/outbound-api.ts';
import { NEVER, ProviderServer } from '../support/provider-server.ts';
import { startService } from '../support/service.ts';

test('a provider that never answers keeps no service from stopping', async () => {
	const provider = new ProviderServer();
	provider.answer = NEVER;
	const service = await startService({
		SMS_PROVIDER_URL: (await provider.start()).href,
		// Longer than this test may take.
		PROVIDER_TIMEOUT_MS: '600000',
		SHUTDOWN_TIMEOUT_MS: '100',
	});
	const { person } = await service.client('Agent', 'AGENT');
	const arrived = provider.arrival();
	expect((await sendOverHttp(service, person, sendBody())).status).toBe(202);
	await arrived;
	await service.stop();
	await provider.emptied();
	expect(provider.requests).toHaveLength(1);
	await provider.stop();
});
