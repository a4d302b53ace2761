import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attempt, history } from '../support/chat.ts';
import type { Client, HttpAnswer } from '../support/client.ts';
import { StreamReader } from '../support/event-stream.ts';
import { converse, metric, range } from '../support/live.ts';
import { sendBody, sendOverHttp } from '../support/outbound-api.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { startService, type TestService } from '../support/service.ts';

/** One a second, and five at once. */
const AT_ONCE = 5;

let service: TestService;
let agent: Client;
let alice: Client;

beforeAll(async () => {
	service = await startService({ MAX_OPERATIONS_PER_SECOND: '1' });
});
beforeEach(async () => {
	agent = await service.client('Agent', 'AGENT');
	alice = await service.client('Alice');
});
afterAll(() => service.stop());

const VIEWER = '{ viewer { name } }';
const WATCH = 'subscription($id: ID!) { conversationEvents(conversationId: $id, after: 0) { sequence } }';
const REFUSED = { extensions: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) } };
const refusals = () => metric(service, 'pendo_message_limited_total{limit="user_operations"}');

/** Many at once, of which some must be refused; answers with all, and how many may have been served. */
async function askMany(query = VIEWER): Promise<{ answers: HttpAnswer<unknown>[]; most: number }> {
	const began = performance.now();
	const answers = await Promise.all(range(1, 20).map(() => alice.ask(query)));
	return { answers, most: AT_ONCE + Math.ceil((performance.now() - began) / 1000) };
}

/** Tries until it is refused: on a slow machine there may be one more meanwhile. Answers with the refusal. */
async function untilRefused<Answer>(
	attempt: (n: number) => Promise<Answer>,
	isRefused: (answer: Answer) => boolean,
): Promise<Answer> {
	for (let n = 0; ; n++) {
		const answer = await attempt(n);
		if (isRefused(answer)) return answer;
	}
}

const useUp = () =>
	untilRefused(
		() => alice.ask(VIEWER),
		({ status }) => status === 429,
	);

describe('operations of one user', () => {
	it('are refused above the rate with 429, a code, and how long to wait', async () => {
		const before = await refusals();
		const { answers, most } = await askMany();
		const served = answers.filter(({ status }) => status === 200);
		expect(served.length).toBeGreaterThanOrEqual(AT_ONCE);
		expect(served.length).toBeLessThanOrEqual(most);
		const others = answers.filter(({ status }) => status !== 200);
		for (const { status, headers, errors, data } of others) {
			expect([status, headers.get('retry-after'), data]).toEqual([429, '1', undefined]);
			expect(errors).toMatchObject([REFUSED]);
		}
		expect((await refusals()) - before).toBe(others.length);
	});

	it('are served again after the time that was said', async () => {
		const { headers } = await useUp();
		await delay(Number(headers.get('retry-after')) * 1000);
		expect((await alice.ask(VIEWER)).status).toBe(200);
	});

	it('count as well where nothing can be executed', async () => {
		const { answers } = await askMany('{');
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400, 429]));
	});

	it('do not count for another user', async () => {
		await useUp();
		expect((await agent.ask(VIEWER)).status).toBe(200);
	});

	it('are one number over all transports', async () => {
		const { id } = await converse(agent, [alice]);
		const socket = await RawSocket.open(service, alice.person.token);
		await useUp();
		let ids = 0;
		const overSocket = (query: string) =>
			untilRefused(
				() => {
					const operation = `${ids++}`;
					socket.subscribe(operation, query, { id });
					return socket.nextOf(operation);
				},
				({ type }) => type === 'error',
			);
		expect((await overSocket(VIEWER)).payload).toMatchObject([REFUSED]);
		expect((await overSocket(WATCH)).payload).toMatchObject([REFUSED]);

		const isRefused = ({ status }: Response) => status === 429;
		const byPost = await untilRefused(async () => {
			const stream = await StreamReader.open(alice, WATCH, { id });
			await stream.cancel();
			return stream.response;
		}, isRefused);
		expect(byPost.headers.get('retry-after')).toBe('1');
		const headers = { authorization: `Bearer ${alice.person.token}`, accept: 'text/event-stream' };
		const byGet = await untilRefused(
			() => fetch(`${service.url}/graphql?query=${encodeURIComponent(VIEWER)}`, { headers }),
			isRefused,
		);
		expect(byGet.headers.get('retry-after')).toBe('1');

		// The socket lives.
		await delay(1_000);
		socket.subscribe('again', VIEWER);
		expect(await socket.nextOf('again')).toMatchObject({ type: 'next', payload: { data: {} } });
		socket.socket.terminate();
	});
});

describe('mutations of one user', () => {
	const SEND = `mutation($input: SendMessageInput!) { sendMessage(input: $input) {
		__typename ... on Error { code } ... on RateLimitedError { retryAfter } } }`;

	it('say in their result that they come too soon, and do nothing', async () => {
		const { id } = await converse(agent, [alice]);
		await useUp();
		const input = { conversationId: id, body: 'too soon' };
		let sends = 0;
		const byPost = await untilRefused(
			() => {
				sends++;
				return attempt(alice, 'sendMessage', input);
			},
			(result) => 'code' in result,
		);
		const refused = { __typename: 'RateLimitedError', code: 'RATE_LIMITED' };
		expect(byPost).toMatchObject({ ...refused, retryable: true });
		const socket = await RawSocket.open(service, alice.person.token);
		const overSocket = await untilRefused(
			() => {
				sends++;
				socket.subscribe(`${sends}`, SEND, { input });
				return socket.nextOf(`${sends}`);
			},
			({ payload }) => JSON.stringify(payload).includes('RateLimitedError'),
		);
		expect(overSocket.payload).toMatchObject({ data: { sendMessage: { ...refused, retryAfter: 1 } } });
		socket.socket.terminate();
		expect((await history(agent, id)).length).toBe(sends - 2);
	});

	it('count each for itself where many come in one operation, and leave no hole', async () => {
		const { id } = await converse(agent);
		const began = performance.now();
		const joined = 'joinConversation(input: { conversationId: $id }) { __typename }';
		const query = `mutation($id: ID!) { ${range(1, 20)
			.map((n) => `a${n}: ${joined}`)
			.join(' ')} }`;
		const data = await alice.query<Record<string, { __typename: string }>>(query, { id });
		const types = Object.values(data).map(({ __typename }) => __typename === 'RateLimitedError');
		const first = types.indexOf(true);
		expect(first).toBeGreaterThanOrEqual(AT_ONCE);
		expect(first).toBeLessThanOrEqual(AT_ONCE + Math.ceil((performance.now() - began) / 1000));
		expect(types.slice(first)).toEqual(range(first + 1, 20).map(() => true));
	});
});

it('plain requests to send are operations as well', async () => {
	const { status, headers, body } = await untilRefused(
		() => sendOverHttp(service, agent.person, sendBody()),
		(answer) => answer.status !== 202,
	);
	expect({ status, error: body.error }).toMatchObject({
		status: 429,
		error: { code: 'RATE_LIMITED', retryable: true },
	});
	expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
});
