import { Agent, request as httpRequest } from 'node:http';
import { MESSAGE_BODY, OPERATIONS, requestBody } from './operations.ts';

/** One of the concurrent clients of a load: it waits for each answer before it asks again. */
export interface Worker {
	readonly token: string;
	readonly conversationId: string;
}

export interface RequestsTask {
	readonly kind: 'requests';
	readonly url: string;
	readonly operation: 'send' | 'page';
	readonly workers: readonly Worker[];
	/** No request starts later than this. */
	readonly seconds: number;
	/** No more than this many requests in all. */
	readonly limit?: number;
	/** Of the sends: clientMessageIds are `<tag>-1`, `<tag>-2`, … */
	readonly tag: string;
}

export interface RequestsResult {
	/** Answered as asked for. */
	readonly succeeded: number;
	readonly failed: number;
	readonly firstFailure: string | null;
	/** From the first request to the last answer. */
	readonly seconds: number;
	readonly perSecond: number;
	/** Latencies, ms; 0 without any success. */
	readonly p50: number;
	readonly p99: number;
	/** Share of one core that the load itself took, percent. */
	readonly loadCpu: number;
}

/** Drives closed-loop workers over keep-alive connections, one each. */
export async function runRequests(task: RequestsTask): Promise<RequestsResult> {
	const { workers, seconds, limit = Number.POSITIVE_INFINITY } = task;
	const agent = new Agent({ keepAlive: true, maxSockets: workers.length });
	const latencies: number[] = [];
	let [started, failed] = [0, 0];
	let firstFailure: string | null = null;
	const cpuBefore = process.cpuUsage();
	const startedAt = performance.now();
	const deadline = startedAt + seconds * 1000;
	const work = async (worker: Worker): Promise<void> => {
		const ask = asker(agent, task, worker);
		while (started < limit && performance.now() < deadline) {
			started += 1;
			const askedAt = performance.now();
			const failure = await ask(started);
			if (failure === null) {
				latencies.push(performance.now() - askedAt);
			} else {
				failed += 1;
				firstFailure ??= failure;
				// A server that refuses at once must not turn the load into a busy loop.
				if (failed > 1000) return;
			}
		}
	};
	await Promise.all(workers.map(work));
	const elapsed = (performance.now() - startedAt) / 1000;
	const { user, system } = process.cpuUsage(cpuBefore);
	agent.destroy();
	latencies.sort((a, b) => a - b);
	const at = (share: number) =>
		latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
	return {
		succeeded: latencies.length,
		failed,
		firstFailure,
		seconds: elapsed,
		perSecond: latencies.length / elapsed,
		p50: at(0.5),
		p99: at(0.99),
		loadCpu: ((user + system) / 1e6 / elapsed) * 100,
	};
}

/** Asks once; gives null, or what was wrong with the answer. */
type Ask = (number: number) => Promise<string | null>;

function asker(agent: Agent, { url, operation, tag }: RequestsTask, { token, conversationId }: Worker): Ask {
	const { hostname, port, pathname } = new URL(url);
	const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
	const options = { agent, host: hostname, port, path: pathname, method: 'POST' };
	const bodyOf = operation === 'send' ? sendBody(conversationId, tag) : pageBody(conversationId);
	const isRight = operation === 'send' ? isSent : isFullPage;
	return (number) =>
		new Promise((resolve) => {
			const body = bodyOf(number);
			const length = String(Buffer.byteLength(body));
			const asked = httpRequest(
				{ ...options, headers: { ...headers, 'content-length': length } },
				(response) => {
					const chunks: Buffer[] = [];
					response.on('data', (chunk: Buffer) => chunks.push(chunk));
					response.on('end', () => {
						const answer = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
						const right = response.statusCode === 200 && isRight(answer);
						resolve(right ? null : `${response.statusCode} ${answer.toString().slice(0, 300)}`);
					});
					response.on('error', (error) => resolve(String(error)));
				},
			);
			asked.on('error', (error) => resolve(String(error)));
			asked.end(body);
		});
}

function sendBody(conversationId: string, tag: string): (number: number) => string {
	const query = JSON.stringify(OPERATIONS.SendMessage);
	const start =
		`{"operationName":"SendMessage","query":${query},"variables":{"input":{` +
		`"conversationId":${JSON.stringify(conversationId)},"body":${JSON.stringify(MESSAGE_BODY)},` +
		`"clientMessageId":"${tag}-`;
	return (number) => `${start}${number}"}}}`;
}

function pageBody(id: string): (number: number) => string {
	const body = requestBody('HistoryPage', { id });
	return () => body;
}

const isSent = (answer: Buffer): boolean => answer.includes('"SendMessagePayload"');

/** A page of 50 with its bodies is far above this; an answer with errors or with less is below. */
const FULL_PAGE_BYTES = 50 * 300;
const isFullPage = (answer: Buffer): boolean => answer.length > FULL_PAGE_BYTES;
