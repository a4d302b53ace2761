import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StoreAway, StoreConflict, StoreLocked, StoreUnavailable } from '../../src/conversations/store.ts';
import { createNotices, type ServiceNotices } from '../../src/notices.ts';
import { createLogger } from '../../src/observability/logger.ts';

const FAILING = 'changes cannot be stored, and are refused as busy';
const WELL = 'changes are stored again';
const HELD = 'changes are refused as busy: others hold what they would change';

let told: string[];
let notices: ServiceNotices;

beforeEach(() => {
	vi.useFakeTimers();
	told = [];
	const destination = { write: (line: string) => told.push((JSON.parse(line) as { msg: string }).msg) };
	notices = createNotices(createLogger({ level: 'info', format: 'json', destination }));
});
afterEach(() => {
	vi.useRealTimers();
});

test('a database that takes nothing is told of once, and once when it does again', () => {
	for (let size = 1; size < 4; size++) notices.refused(new StoreUnavailable('disk full'), size);
	notices.stored();
	notices.stored();
	notices.refused(new StoreUnavailable('disk full'), 1);
	expect(told).toEqual([FAILING, WELL, FAILING]);
});

test('a database that is known to be away is no news', () => {
	notices.refused(new StoreAway(), 1);
	notices.stored();
	expect(told).toEqual([]);
});

test('a conversation that others hold says nothing of the database, and is told of once a minute', () => {
	for (let second = 0; second < 61; second++) {
		notices.refused(second % 2 === 0 ? new StoreLocked() : new StoreConflict(), 1);
		notices.stored();
		vi.advanceTimersByTime(1_000);
	}
	expect(told).toEqual([HELD, HELD]);
});

test('a conversation that others hold hides no database that takes nothing', () => {
	notices.refused(new StoreLocked(), 1);
	notices.refused(new StoreUnavailable('disk full'), 1);
	notices.refused(new StoreLocked(), 1);
	notices.stored();
	expect(told).toEqual([HELD, FAILING, WELL]);
});

test('a provider that fails is told of without its own words, and once more when it answers', () => {
	const busy = {
		kind: 'retry',
		httpStatus: 503,
		error: 'It answered 503: no +14155552671',
		isProviderFault: true,
	} as const;
	const lost = { kind: 'unknown', error: 'The connection was lost.', isProviderFault: true } as const;
	notices.circuit({ provider: 'webhook' }, true, busy);
	notices.circuit({ provider: 'webhook' }, false, { kind: 'accepted', providerMessageId: null });
	notices.circuit({ webhook: 'hook_1' }, true, lost);
	expect(told).toEqual([
		'provider webhook fails, and is left alone for a while: it answered 503',
		'provider webhook answers again',
		'webhook hook_1 fails, and is left alone for a while: The connection was lost.',
	]);
});

test('a provider that asks to wait again and again is told of once a minute, and when it asks for much more', () => {
	const wait = (provider: string, seconds: number) =>
		notices.paused(provider, new Date(Date.now() + seconds * 1_000));
	for (let second = 0; second < 61; second++) {
		wait('webhook', 1);
		vi.advanceTimersByTime(1_000);
	}
	expect(told).toHaveLength(2);
	wait('webhook', 3_600);
	wait('smtp', 1);
	expect(told).toHaveLength(4);
});
