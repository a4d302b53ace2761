import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { getOperationAST, type OperationDefinitionNode } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { GraphQLContext } from '../../schema/context.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';

/**
 * One log line and one measurement for every operation: who did what, how long it took, how it ended. Never what was
 * said. A mutation that answers with an expected fault has failed, too, and its code is counted here; those of errors
 * are where they are made public.
 */
export function useObservation(logger: Logger, metrics: Metrics): Plugin {
	const done = (args: ExecutionArgs, start: number, result: unknown): void => {
		const seconds = (performance.now() - start) / 1000;
		const operation = getOperationAST(args.document, args.operationName);
		const { requestId, viewer, refusals } = args.contextValue as GraphQLContext;
		for (const code of refusals) metrics.error(code);
		const codes = [...errorCodes(result), ...refusals];
		const outcome = codes.length > 0 ? 'error' : 'ok';
		metrics.request(operation?.name?.value, operation?.operation ?? 'unknown', outcome, seconds);
		if (!logger.isLevelEnabled('info')) return;
		const did = {
			requestId,
			user: viewer.user.subject,
			...(operation?.name && { operation: operation.name.value }),
			fields: rootFields(operation),
			ms: Math.round(seconds * 1e4) / 10,
			...(codes.length > 0 && { errors: codes }),
		};
		logger.info(did, String(operation?.operation));
	};
	/** Counts an open subscription; the answer counts its end, once. */
	const opened = (args: ExecutionArgs): (() => void) => {
		const field = rootFields(getOperationAST(args.document, args.operationName));
		metrics.subscriptionStarted(field);
		let open = true;
		return () => {
			if (open) metrics.subscriptionEnded(field);
			open = false;
		};
	};
	return {
		onExecute: ({ args }) => {
			const start = performance.now();
			return { onExecuteDone: ({ result }) => done(args, start, result) };
		},
		onSubscribe: ({ args }) => {
			const start = performance.now();
			let end = () => {};
			return {
				onSubscribeResult: ({ result }) => {
					done(args, start, isAsyncIterable(result) ? {} : result);
					if (isAsyncIterable(result)) end = opened(args);
					return { onEnd: () => end() };
				},
				onSubscribeError: () => end(),
			};
		},
	};
}

/** The codes of an answer's errors. */
function errorCodes(result: unknown): string[] {
	const { errors } = result as ExecutionResult;
	return (errors ?? []).map((error) => String(error.extensions?.['code'] ?? 'INTERNAL'));
}

function rootFields(operation: OperationDefinitionNode | null | undefined): string {
	const selections = operation?.selectionSet.selections ?? [];
	const names = selections.slice(0, 5).map((node) => (node.kind === 'Field' ? node.name.value : '…'));
	return selections.length > 5 ? `${names.join(' ')} …` : names.join(' ');
}
