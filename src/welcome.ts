import { styleText } from 'node:util';
import type { Config } from './config.ts';
import type { Service } from './service.ts';

const DEFAULT_PORT = 4000;

/**
 * What a person who starts the service sees: where it is, two tokens, one command to try, who plays a provider. On standard
 * error, so that standard output holds log lines alone. In production, and where others sign the tokens, there is only the log line.
 */
export async function printWelcome(config: Config, service: Service, port: number): Promise<void> {
	const host = ['0.0.0.0', '::'].includes(config.http.host) ? 'localhost' : config.http.host;
	const origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
	service.logger.info({ url: `${origin}/graphql` }, 'listening');
	const { mockProviderUrl } = service;
	if (mockProviderUrl !== undefined)
		service.logger.info(
			{ mockProviderUrl },
			'a mock provider plays for channels without another: it sends nothing',
		);
	const customer = await service.developmentToken('customer', 'CUSTOMER');
	const agent = await service.developmentToken('agent', 'AGENT');
	if (customer === undefined || agent === undefined) return;
	const demo = port === DEFAULT_PORT ? 'npm run demo' : `npm run demo -- --url ${origin}`;
	const mock = mockProviderUrl && `\n${strong('Mock provider')}  ${mockProviderUrl}  (sends nothing)\n`;
	// A token stands alone at the start of its line: that is how a terminal selects it in one go.
	process.stderr.write(`
${strong('Pendo Message Service')}  ${origin}/graphql  (in a browser: GraphiQL)

${strong("A customer's token")}
${customer}

${strong("An agent's token")}
${agent}

${strong('Try')}  ${demo}
${mock ?? ''}
`);
}

function strong(text: string): string {
	return styleText('bold', text, { stream: process.stderr });
}
