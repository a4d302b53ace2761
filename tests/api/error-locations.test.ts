import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;

beforeAll(async () => {
	service = await startService();
});
afterAll(() => service.stop());

/** A document is compiled when it has come a few times. */
const TIMES = 5;

test.each<[string, string, Record<string, unknown>, readonly unknown[]]>([
	['of a field', '{\n  users {\n    edges { cursor }\n  }\n}', {}, [{ line: 2, column: 3 }]],
	[
		'of a variable',
		'mutation ($input: MarkReadInput!) {\n  other: markRead(input: $input) { __typename ... on MarkReadPayload { membership { user { id } } } }\n}',
		{ input: null },
		[expect.objectContaining({ line: 1 })],
	],
	['that a rule finds', '{ viewer { nothing } }', {}, [{ line: 1, column: 12 }]],
])(
	'an error %s says where it stands, however often the document came',
	async (_name, query, variables, locations) => {
		const alice = await service.client('Alice');
		for (let times = 0; times < TIMES; times++) {
			const { errors } = await alice.ask(query, variables);
			expect(errors).toHaveLength(1);
			expect(errors?.[0]).toMatchObject({ locations });
		}
	},
);

test('an error of a field is the same whichever executor ran', async () => {
	const alice = await service.client('Alice');
	const answers = [];
	for (let times = 0; times < TIMES; times++) {
		const { data, errors } = await alice.ask('{ viewer { id } users(first: 1000) { edges { cursor } } }');
		const { requestId, ...extensions } = errors?.[0]?.extensions ?? {};
		answers.push({ data, error: { ...errors?.[0], extensions }, requestId: typeof requestId });
	}
	for (const answer of answers) expect(answer).toEqual(answers[0]);
});
