import { expect, test } from 'vitest';
import { type ConfigError, describeConfig, loadConfig } from '../../src/config.ts';

const waitsOf = (WEBHOOK_RETRY_SECONDS: string) => loadConfig({ WEBHOOK_RETRY_SECONDS }).webhooks.waitsMs;

test('the waits between attempts are seconds with commas between', () => {
	expect(waitsOf('5, 60,0.25,0')).toEqual([5_000, 60_000, 250, 0]);
	expect(waitsOf('86400')).toEqual([86_400_000]);
	const shown = describeConfig(loadConfig({ WEBHOOK_RETRY_SECONDS: ' 5, 60' }));
	expect(shown).toContainEqual({ name: 'WEBHOOK_RETRY_SECONDS', value: '5,60', from: 'environment' });
});

test.each(['5,', '5;60', '-5', '1e3', '86401', Array(21).fill(1).join(), 'five'])(
	'%j is no list of waits',
	(text) => {
		expect(() => waitsOf(text)).toThrow(
			expect.objectContaining<Partial<ConfigError>>({
				faults: [{ name: 'WEBHOOK_RETRY_SECONDS', problem: expect.stringContaining('1 to 20 waits') }],
			}),
		);
	},
);

test('what is kept is kept for days', () => {
	expect(loadConfig({ WEBHOOK_KEEP_DAYS: '2' }).webhooks.keepMs).toBe(172_800_000);
});
