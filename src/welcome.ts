import type { Config } from './config.ts';
import type { Service } from './service.ts';

/** What a person who starts the service sees: where it is, two tokens, one command to try. In production one log line. */
export async function printWelcome(config: Config, service: Service, port: number): Promise<void> {
	const host = ['0.0.0.0', '::'].includes(config.http.host) ? 'localhost' : config.http.host;
	const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/graphql`;
	const customer = await service.developmentToken('customer', 'CUSTOMER');
	const agent = await service.developmentToken('agent', 'AGENT');
	service.logger.info({ url }, 'listening');
	if (customer === undefined || agent === undefined) return;
	process.stdout.write(`
  Pendo Message Service
  API and GraphiQL   ${url}

  A customer's token:
  ${customer}

  An agent's token:
  ${agent}

  Try:  npm run demo

`);
}
