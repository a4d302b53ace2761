import { Command, InvalidArgumentError, Option } from 'commander';
import { CommandError } from './command-error.ts';
import { play } from './demo/play.ts';
import { runProgram } from './run-program.ts';
import { createSigner, loadSettings } from './sign-token.ts';

const TOKEN_SECONDS = 600;
const ANSWER_MS = 5_000;

const program = new Command('demo')
	.description('Play a conversation between a customer and an agent against a running service.')
	.addOption(
		new Option('--url <url>', 'where the service is, if not on this machine at PORT').argParser(readUrl),
	)
	.addOption(
		new Option('--pause <milliseconds>', 'between two steps').argParser(readPause).default(800, '800'),
	)
	.showHelpAfterError()
	.exitOverride()
	.action(async ({ url: given, pause }: { readonly url?: string; readonly pause: number }) => {
		const settings = loadSettings();
		const url = given ?? `http://127.0.0.1:${settings.http.port}`;
		await requireService(url);
		const sign = await createSigner(settings);
		const expiresInSeconds = TOKEN_SECONDS;
		await play({
			url,
			pause,
			customerToken: await sign({ subject: 'carol', name: 'Carol', role: 'CUSTOMER', expiresInSeconds }),
			agentToken: await sign({ subject: 'alex', name: 'Alex', role: 'AGENT', expiresInSeconds }),
		});
	});

await runProgram(program);

/** The origin of an http(s) URL; a path in it is dropped. */
function readUrl(text: string): string {
	const url = URL.parse(text);
	if (url !== null && /^https?:$/.test(url.protocol)) return url.origin;
	throw new InvalidArgumentError('It must be a URL such as http://127.0.0.1:4000.');
}

function readPause(text: string): number {
	if (/^\d{1,5}$/.test(text)) return Number(text);
	throw new InvalidArgumentError('It must be a whole number of milliseconds, at most 99999.');
}

async function requireService(url: string): Promise<void> {
	const answer = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(ANSWER_MS) }).catch(
		(error: unknown) => {
			throw new CommandError(`No service answers at ${url}. Start one with: npm start`, error);
		},
	);
	if (!answer.ok) throw new CommandError(`What answers at ${url} is not a Pendo Message Service.`);
}
