import type { HealthReport as HealthReportRow } from '../src/health.ts';
import { builder } from './builder.ts';

const HealthStatus = builder.enumType('HealthStatus', {
	description: 'How the service or a part of it fares.',
	values: {
		OK: { value: 'ok', description: 'It works.' },
		DEGRADED: { value: 'degraded', description: 'It works, but slower or with less than it should.' },
		DOWN: { value: 'down', description: 'It does not work.' },
	} as const,
});

const HealthPart = builder.objectRef<HealthReportRow['parts'][number]>('HealthPart').implement({
	description: 'How a part of the service fares.',
	fields: (t) => ({
		name: t.exposeString('name', { description: 'Which part.' }),
		status: t.expose('status', { type: HealthStatus, description: 'How it fares.' }),
		latencyMs: t.exposeFloat('latencyMs', {
			nullable: true,
			description: 'How long it took to answer, in milliseconds; null where it did not, or was not asked.',
		}),
		detail: t.exposeString('detail', { nullable: true, description: 'More about it, for people.' }),
	}),
});

const HealthReport = builder.objectRef<HealthReportRow>('HealthReport').implement({
	description: 'How the service fares, part by part.',
	fields: (t) => ({
		status: t.expose('status', { type: HealthStatus, description: 'Of the whole.' }),
		parts: t.expose('parts', { type: [HealthPart], description: 'Of each part.' }),
	}),
});

builder.queryField('health', (t) =>
	t.field({
		type: HealthReport,
		description: 'How the service fares; the same report as GET /health.',
		resolve: (_root, _args, { health }) => health(),
	}),
);
