import { setTimeout } from 'node:timers/promises';

export type HealthStatus = 'ok' | 'degraded' | 'down';

export interface HealthPart {
	readonly name: string;
	readonly status: HealthStatus;
	/** How long the part took to answer, in milliseconds; null when it did not answer. */
	readonly latencyMs: number | null;
	/** A fixed text for the public, or null. Reasons with addresses or names in them belong in the log. */
	readonly detail: string | null;
}

export interface HealthReport {
	/** `down` when the database is down; otherwise `degraded` when any part is not ok. */
	readonly status: HealthStatus;
	/** In the order of the checks. */
	readonly parts: readonly HealthPart[];
}

export interface HealthFinding {
	readonly status: HealthStatus;
	/** Shown to anyone: a fixed text without secrets. */
	readonly detail: string | null;
}

/** Resolves when the part is well, or with what is wrong with it; rejects when the part is down. */
export type HealthCheck = () => Promise<HealthFinding | undefined> | Promise<void>;

export interface HealthOptions {
	/** A part that takes longer counts as down, 'timed out'. */
	readonly timeoutMs: number;
	/** Told when a part's status changes (a part counts as ok before its first check), with what the check threw. Must not throw. */
	readonly onChange?: (part: HealthPart, before: HealthStatus, reason: unknown) => void;
}

export interface Health {
	/**
	 * Checks all parts side by side. Calls at the same time share one run, and a report younger than 500 ms is given
	 * again, so that probes cannot load what they probe. Never rejects.
	 */
	report(): Promise<HealthReport>;
	/** From now on the service is not ready. */
	stopping(): void;
	/** Whether new work may be sent here: not stopping, and the database not down. */
	ready(): Promise<boolean>;
}

const REUSE_MS = 500;
/** The part without which the service is not ready. */
const REQUIRED = 'database';

type Outcome = { readonly finding: HealthFinding; readonly reason?: unknown; readonly answered: boolean };

const WELL: HealthFinding = { status: 'ok', detail: null };
const FAILED: HealthFinding = { status: 'down', detail: 'failed' };
const TIMED_OUT: Outcome = { finding: { status: 'down', detail: 'timed out' }, answered: false };

/** Health of the parts that `checks` names. Starts no timer of its own; parts are checked when somebody asks. */
export function createHealth(checks: Readonly<Record<string, HealthCheck>>, options: HealthOptions): Health {
	const parts = Object.entries(checks).map(([name, check]) => createPart(name, check, options));
	let running: Promise<HealthReport> | undefined;
	let latest: { readonly report: HealthReport; readonly at: number } | undefined;
	let isStopping = false;

	async function run(): Promise<HealthReport> {
		const found = await Promise.all(parts.map((part) => part()));
		const report = { status: overall(found), parts: found };
		latest = { report, at: performance.now() };
		return report;
	}

	function report(): Promise<HealthReport> {
		if (latest !== undefined && performance.now() - latest.at < REUSE_MS)
			return Promise.resolve(latest.report);
		running ??= run().finally(() => {
			running = undefined;
		});
		return running;
	}

	return {
		report,
		stopping() {
			isStopping = true;
		},
		async ready() {
			if (isStopping) return false;
			const { status } = await report();
			return status !== 'down' && !isStopping;
		},
	};
}

function overall(parts: readonly HealthPart[]): HealthStatus {
	if (parts.some((part) => part.status === 'down' && part.name === REQUIRED)) return 'down';
	return parts.every((part) => part.status === 'ok') ? 'ok' : 'degraded';
}

/** One part's check with its time-out and its memory of the last status. */
function createPart(name: string, check: HealthCheck, options: HealthOptions): () => Promise<HealthPart> {
	// A check that hangs is waited for again, not started again: hung checks must not pile up.
	let pending: Promise<Outcome> | undefined;
	let before: HealthStatus = 'ok';

	return async () => {
		const start = performance.now();
		pending ??= settle(check).finally(() => {
			pending = undefined;
		});
		const { finding, reason, answered } = await within(pending, options.timeoutMs);
		const latencyMs = answered ? Math.round((performance.now() - start) * 100) / 100 : null;
		const part = { name, status: finding.status, latencyMs, detail: finding.detail };
		if (part.status !== before) options.onChange?.(part, before, reason);
		before = part.status;
		return part;
	};
}

async function settle(check: HealthCheck): Promise<Outcome> {
	try {
		return { finding: (await check()) ?? WELL, answered: true };
	} catch (reason) {
		return { finding: FAILED, reason, answered: false };
	}
}

/** A pending promise outlives its time-out; its late result is taken by the next report that waits for it. */
async function within(outcome: Promise<Outcome>, timeoutMs: number): Promise<Outcome> {
	const answered = new AbortController();
	const late = setTimeout(timeoutMs, TIMED_OUT, { signal: answered.signal, ref: false });
	try {
		return await Promise.race([outcome, late]);
	} finally {
		answered.abort();
	}
}
