import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pinned, SERVER_CORE } from '../support/cpu.ts';
import type { Report, Series } from '../support/report.ts';
import { type Bench, interleave, type Run } from '../support/run.ts';
import { startServer } from '../support/server.ts';
import { signTokens } from '../support/users.ts';
import { product, type Variant } from '../support/variants.ts';
import { type Accepted, type BenchProvider, startProvider } from './provider.ts';

const PROVIDER_MS = 20;
const IN_FLIGHT = 32;
const MESSAGES = { quick: 2_000, full: 8_000 };
const SENDERS = 64;
const DIRECT = 'the same calls without the ledger';
const DIRECT_PROGRAM = fileURLToPath(new URL('direct.ts', import.meta.url));

interface Round {
	readonly perSecond: number;
	/** CPU seconds of the server since it was ready; NaN without one. */
	readonly cpu: number;
	/** What is wrong with what the provider got. */
	readonly faults: readonly string[];
}

/** Messages a second that a queue's worker brings to a provider, against the bare calls. */
export const benchDeliveries: Bench = async (run) => {
	const provider = await startProvider(run.directory, PROVIDER_MS);
	try {
		const results = await interleave(run.rounds, [product.name, DIRECT], async (subject, round) => {
			const measured = await (subject === DIRECT
				? directRound(run, provider)
				: ledgerRound(run, provider, round));
			run.progress(`deliveries round ${round} ${subject}: ${measured.perSecond.toFixed(0)}/s`);
			return measured;
		});
		return report(run, results);
	} finally {
		await provider.stop();
	}
};

/** What is queued beforehand is delivered by a service that does nothing else. */
async function ledgerRound(run: Run, provider: BenchProvider, round: number): Promise<Round> {
	const count = messagesOf(run);
	const database = `deliveries-${round}`;
	const variant = (env: Readonly<Record<string, string>>): Variant => ({
		...product,
		env: {
			...product.env,
			SMS_PROVIDER_URL: provider.url,
			PROVIDER_MAX_IN_FLIGHT: String(IN_FLIGHT),
			...env,
		},
	});
	provider.forget();
	// Next to nothing goes out meanwhile.
	const filling = await startServer(variant({ PROVIDER_RATE_PER_SECOND: '1' }), { ...run, database });
	await fill(run, filling.url, count).finally(() => filling.stop());
	const early = (await provider.accepted(0)).length;
	provider.forget();
	const server = await startServer(variant({}), { ...run, database });
	const cpuBefore = server.cpu() ?? Number.NaN;
	try {
		const accepted = await provider.accepted(count - early);
		return {
			perSecond: rateOf(accepted),
			cpu: (server.cpu() ?? Number.NaN) - cpuBefore,
			faults: faultsOf(accepted, count - early),
		};
	} finally {
		await server.stop();
	}
}

async function fill(run: Run, url: string, count: number): Promise<void> {
	const workers = (await signTokens('sender', SENDERS, 'agent')).map((token) => ({
		token,
		conversationId: '',
	}));
	const load = { url, operation: 'outbound', workers, seconds: 600, limit: count, tag: 'queued' } as const;
	const { succeeded, firstFailure } = await run.generator.requests(load);
	if (succeeded < count)
		throw new Error(`Only ${succeeded} of ${count} messages were queued: ${firstFailure}`);
}

async function directRound(run: Run, provider: BenchProvider): Promise<Round> {
	const count = messagesOf(run);
	provider.forget();
	const [command, args] = pinned(SERVER_CORE, process.execPath, [
		DIRECT_PROGRAM,
		provider.url,
		String(count),
	]);
	const [code] = await once(spawn(command, args, { stdio: 'inherit' }), 'exit');
	if (code !== 0) throw new Error(`The bare calls ended with ${code}.`);
	const accepted = await provider.accepted(count);
	return { perSecond: rateOf(accepted), cpu: Number.NaN, faults: faultsOf(accepted, count) };
}

function messagesOf({ quick }: Run): number {
	return quick ? MESSAGES.quick : MESSAGES.full;
}

/** A second, without the first and the last tenth: starting and running out are no rate. */
function rateOf(accepted: readonly Accepted[]): number {
	const [from, to] = [Math.floor(accepted.length * 0.1), Math.floor(accepted.length * 0.9)];
	const [first, last] = [accepted[from]?.at ?? Number.NaN, accepted[to]?.at ?? Number.NaN];
	return ((to - from) / (last - first)) * 1000;
}

function faultsOf(accepted: readonly Accepted[], count: number): string[] {
	const ids = new Set(accepted.map(({ id }) => id)).size;
	return ids === count && accepted.length === count
		? []
		: [`of ${count} messages the provider accepted ${ids}, in ${accepted.length} calls`];
}

function report(run: Run, results: Map<string, Round[]>): Report {
	const series: Series[] = [];
	const warnings: string[] = [];
	const count = messagesOf(run);
	for (const [variant, rounds] of results) {
		const figures = rounds.map(({ perSecond }) => perSecond);
		series.push({ variant, metric: 'messages a second', unit: '', figures });
		if (variant !== DIRECT) {
			const cpu = rounds.map((round) => (round.cpu / count) * 1e6);
			series.push({ variant, metric: "server's CPU a message", unit: 'µs', figures: cpu });
		}
		for (const { faults } of rounds) warnings.push(...faults.map((fault) => `${variant}: ${fault}`));
	}
	return {
		bench: 'deliveries',
		setting:
			`${count} messages that are queued, ${IN_FLIGHT} calls in flight, a provider that answers in ${PROVIDER_MS} ms, ` +
			`on ${run.databases.kind}; ${run.rounds} rounds after one to warm up, their middle eight tenths.`,
		series,
		goals: [{ metric: 'messages a second', of: product.name, to: DIRECT, atLeast: 0.8 }],
		warnings,
	};
}
