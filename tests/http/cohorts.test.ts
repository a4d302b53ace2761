import type { ExecutionResult } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { Cohorts } from '../../src/http/cohorts.ts';
import { type Delivery, delivery } from '../../src/live/ring.ts';
import { fakeContext } from '../schema/fake-context.ts';
import { eventAt, userOf } from '../support/events.ts';
import { range } from '../support/live.ts';
import { memoryInUse } from '../support/memory.ts';
import { operationOf } from '../support/operations.ts';

const LARGE = 'x'.repeat(60_000);
const viewer = { user: userOf('alice'), expiresAt: Number.POSITIVE_INFINITY };
const VARIABLES = { id: 'the id' };

const follow = (fields: string) =>
	operationOf(`subscription($id: ID!) { conversationEvents(conversationId: $id) { ${fields} } }`);

/** Cohorts whose every text is large, and how many were made. */
function startCohorts(wait: (result: ExecutionResult) => ExecutionResult | Promise<ExecutionResult>) {
	let made = 0;
	const cohorts = new Cohorts({
		schema,
		execute: (_operation, { rootValue }) => wait({ data: { sequence: sequenceOf(rootValue), body: LARGE } }),
		createContext: () => fakeContext(),
		onRendered: () => made++,
	});
	return { cohorts, made: () => made };
}

function sequenceOf(event: unknown): number {
	return (event as Delivery['event']).sequence;
}

describe.each([
	['at once', (result: ExecutionResult) => result],
	['later', async (result: ExecutionResult) => result],
])('texts that are ready %s', (_name, wait) => {
	const events = range(1, 300).map((sequence) => delivery(eventAt('c', sequence)));
	const documents = ['sequence', 'occurredAt', 'sequence occurredAt'].map(follow);

	it('are kept for those who come later, up to a bound over all cohorts', async () => {
		const { cohorts, made } = startCohorts(wait);
		const before = memoryInUse();
		for (const document of documents)
			for (const event of events) await cohorts.join(document, VARIABLES, viewer).render(event);
		expect(made()).toBe(900);
		// All would be 54 MB.
		expect(memoryInUse() - before).toBeLessThan(25_000_000);

		const last = cohorts.join(follow('sequence occurredAt'), VARIABLES, viewer);
		for (const event of events.slice(-100))
			expect((await last.render(event)).bytes).toContain(`{"sequence":${event.event.sequence},`);
		expect(made()).toBe(900);
		const first = cohorts.join(follow('sequence'), VARIABLES, viewer);
		expect((await first.render(events[0] as Delivery)).bytes).toContain('{"sequence":1,');
		expect(made()).toBe(901);
	});
});

it('a text that could not be made is made again for the next who asks', async () => {
	let fails = true;
	const { cohorts, made } = startCohorts(async (result) => {
		if (fails) throw new Error('It cannot be executed.');
		return result;
	});
	const cohort = cohorts.join(follow('sequence'), VARIABLES, viewer);
	const event = delivery(eventAt('c', 7));
	await expect(cohort.render(event)).rejects.toThrow('cannot be executed');
	fails = false;
	expect((await cohort.render(event)).bytes).toContain('"sequence":7');
	expect(made()).toBe(2);
});

it('an event in another state has a text of its own', async () => {
	const { cohorts, made } = startCohorts((result) => result);
	const cohort = cohorts.join(follow('sequence'), VARIABLES, viewer);
	const event = eventAt('c', 7);
	for (const one of [delivery(event), delivery(event)]) await cohort.render(one);
	expect(made()).toBe(2);
});

it('a document that is mostly comment is not kept for those who come later', () => {
	const { cohorts } = startCohorts((result) => result);
	const join = (comment: string) => cohorts.join(follow(`sequence # ${comment}\n`), VARIABLES, viewer);
	expect(join(LARGE)).not.toBe(join(LARGE));
	expect(join('short')).toBe(join('short'));
});

describe('variables that are not declared', () => {
	it('make no cohort of their own', () => {
		const { cohorts } = startCohorts((result) => result);
		const plain = cohorts.join(follow('sequence'), VARIABLES, viewer);
		for (const n of range(1, 5))
			expect(cohorts.join(follow('sequence'), { ...VARIABLES, [`v${n}`]: LARGE }, viewer)).toBe(plain);
		expect(cohorts.join(follow('sequence'), { id: 'another' }, viewer)).not.toBe(plain);
	});
});
