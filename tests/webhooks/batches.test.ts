import { expect, test } from 'vitest';
import { Batches } from '../../src/webhooks/batches.ts';

test('what comes while a batch runs is the next batch', async () => {
	const ran: (readonly number[])[] = [];
	const gate = Promise.withResolvers<void>();
	const batches = new Batches<number>(async (items) => {
		ran.push(items);
		if (ran.length === 1) await gate.promise;
	});
	const first = batches.add(1);
	const others = [2, 3, 4].map((item) => batches.add(item));
	gate.resolve();
	await Promise.all([first, ...others]);
	expect(ran).toEqual([[1], [2, 3, 4]]);
});

test('a batch that fails fails for all of it, and for nobody else', async () => {
	const gate = Promise.withResolvers<void>();
	const batches = new Batches<number>(async (items) => {
		if (items.includes(0)) await gate.promise;
		if (items.includes(2)) throw new Error('No.');
	});
	const first = batches.add(0);
	const failing = Promise.allSettled([batches.add(1), batches.add(2)]);
	gate.resolve();
	await first;
	expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
	await batches.add(3);
});
