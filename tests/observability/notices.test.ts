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
