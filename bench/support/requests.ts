import { Agent, request as httpRequest } from 'node:http';
import { MESSAGE_BODY, OPERATIONS, requestBody } from './operations.ts';
import { percentile } from './statistics.ts';

/** One of the concurrent clients of a load: it waits for each answer before it asks again. */
export interface Worker {
	readonly token: string;
	readonly conversationId: string;
}

export interface RequestsTask {
	readonly kind: 'requests';
	readonly url: string;
	/** `outbound`: each to a number of its own, in a conversation that the first message to it makes. */
	readonly operation: 'send' | 'page' | 'outbound';
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
	return {
		succeeded: latencies.length,
		failed,
		firstFailure,
		seconds: elapsed,
		perSecond: latencies.length / elapsed,
		p50: percentile(latencies, 0.5),
		p99: percentile(latencies, 0.99),
		loadCpu: ((user + system) / 1e6 / elapsed) * 100,
	};
}

/** Sends messages, to several nodes in turn. */
export interface Sender {
	/** @throws what was answered, unless it was sent. */
	send(clientMessageId: string): Promise<void>;
}

export function createSender(
	{ urls, token, conversationId }: { urls: readonly string[]; token: string; conversationId: string },
	agent: Agent,
): Sender {
	const bodyOf = sendBody(conversationId);
	const posts = urls.map((url) => poster(agent, url, token));
	let turn = 0;
	return {
		async send(clientMessageId) {
			const post = posts[turn++ % posts.length];
			const failure = await post?.(bodyOf(clientMessageId), isSent);
			if (failure !== null) throw new Error(`Not sent: ${failure}`);
		},
	};
}

/** Asks once; gives null, or what was wrong with the answer. */
type Ask = (number: number) => Promise<string | null>;

function asker(agent: Agent, { url, operation, tag }: RequestsTask, { token, conversationId }: Worker): Ask {
	const post = poster(agent, url, token);
	if (operation === 'page') {
		const body = requestBody('HistoryPage', { id: conversationId });
		return () => post(body, isFullPage);
	}
	if (operation === 'outbound')
		return (number) => post(outboundBody(number, `${tag}-${number}`), isSentOutside);
	const bodyOf = sendBody(conversationId);
	return (number) => post(bodyOf(`${tag}-${number}`), isSent);
}

/** Posts a body and gives null where the answer is right, else what it was. */
function poster(agent: Agent, url: string, token: string) {
	const { hostname, port, pathname } = new URL(url);
	const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
	const options = { agent, host: hostname, port, path: pathname, method: 'POST' };
	return (body: string, isRight: (answer: Buffer) => boolean): Promise<string | null> =>
		new Promise((resolve) => {
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

function sendBody(conversationId: string): (clientMessageId: string) => string {
	const query = JSON.stringify(OPERATIONS.SendMessage);
	const start =
		`{"operationName":"SendMessage","query":${query},"variables":{"input":{` +
		`"conversationId":${JSON.stringify(conversationId)},"body":${JSON.stringify(MESSAGE_BODY)},` +
		`"clientMessageId":"`;
	return (clientMessageId) => `${start}${clientMessageId}"}}}`;
}

/** Of our one number to one of 10,000, none of which has a meaning to the mock provider. */
function outboundBody(number: number, clientMessageId: string): string {
	const to = `+1555${String(number % 10_000).padStart(4, '0')}111`;
	const input = { from: '+11234567890', to, type: 'SMS', body: MESSAGE_BODY, clientMessageId };
	return requestBody('SendOutboundMessage', { input });
}

const isSentOutside = (answer: Buffer): boolean => answer.includes('"SendOutboundMessagePayload"');
const isSent = (answer: Buffer): boolean => answer.includes('"SendMessagePayload"');

/** A page of 50 with its bodies is far above this; an answer with errors or with less is below. */
const FULL_PAGE_BYTES = 50 * 300;
const isFullPage = (answer: Buffer): boolean => answer.length > FULL_PAGE_BYTES;
