import { z } from 'zod';

/** What a refused value looked like: quoted, escaped and short, so that it can stand in a terminal or a log. */
function quote(text: string): string {
	return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** Why a value is not taken. `problem` follows the variable's name and repeats no secret. */
export interface Refusal {
	readonly refused: string;
}

export function refuse(problem: string): Refusal {
	return { refused: problem };
}

/** A setting read from text by `read`, which answers with the value or says why it refuses it. */
export function setting<Value>(read: (text: string) => Value | Refusal) {
	return z.string().transform((text, context): Value => {
		const value = read(text);
		if (typeof value === 'object' && value !== null && 'refused' in value) {
			context.addIssue({ code: 'custom', message: value.refused });
			return z.NEVER;
		}
		return value;
	});
}

export interface IntegerRange {
	readonly min: number;
	readonly max: number;
	/** In the plural: `milliseconds`, `bytes`, `lines`. */
	readonly unit?: string;
}

export function wholeNumber({ min, max, unit }: IntegerRange) {
	const kind = unit === undefined ? 'a whole number' : `a whole number of ${unit}`;
	return setting((text): number | Refusal => {
		const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN;
		if (value >= min && value <= max) return value;
		return refuse(`must be ${kind} from ${min} to ${max}, not ${quote(text)}`);
	});
}

export function integer(fallback: number, range: IntegerRange) {
	return wholeNumber(range).default(fallback);
}

export function milliseconds(fallback: number, min: number, max = 3_600_000) {
	return integer(fallback, { min, max, unit: 'milliseconds' });
}

export function bytes(fallback: number, max: number) {
	return integer(fallback, { min: 1024, max, unit: 'bytes' });
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
	['true', true],
	['1', true],
	['yes', true],
	['on', true],
	['false', false],
	['0', false],
	['no', false],
	['off', false],
]);

export function flag(fallback: boolean) {
	return setting((text): boolean | Refusal => {
		return FLAGS.get(text.trim().toLowerCase()) ?? refuse(`must be true or false, not ${quote(text)}`);
	}).default(fallback);
}

export function choice<const Value extends string>(values: readonly Value[]) {
	return setting((text): Value | Refusal => {
		const wanted = text.trim().toLowerCase();
		const found = values.find((value) => value === wanted);
		return found ?? refuse(`must be one of ${values.join(', ')}, not ${quote(text)}`);
	});
}

/** Whether a part of a URL has its percent signs where they belong. */
export function isDecodable(text: string): boolean {
	try {
		decodeURIComponent(text);
		return true;
	} catch {
		return false;
	}
}

/** Whether a URL's host is this machine. */
export function isLoopback(hostname: string): boolean {
	return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
