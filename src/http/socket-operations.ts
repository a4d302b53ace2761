import { type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { CloseCode, makeServer, type Server as ProtocolServer, type SubscribePayload } from 'graphql-ws';
import type { GraphQLContext } from '../../schema/context.ts';
import type { SocketsConfig } from '../config.ts';
import { RateLimitedError } from '../conversations/errors.ts';
import { type Limits, sharesOf, type Turns } from '../identity/limits.ts';
import { UnauthenticatedError } from '../identity/tokens.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Authentication } from './authentication.ts';
import type { EventFollowing, OperationSocket, RunningOperation } from './event-following.ts';
import { atExpiry } from './expiry.ts';
import { limitError } from './limit-errors.ts';
import { type Operation, type OperationRequest, type Operations, toOperationRequest } from './operations.ts';
import { type ErrorPolicy, publicError, toPublicError } from './public-errors.ts';
import type { SocketOutbox } from './socket-outbox.ts';

export interface SocketOperationsDeps {
	readonly schema: GraphQLSchema;
	readonly config: SocketsConfig;
	readonly authentication: Pick<Authentication, 'ofConnection'>;
	readonly operations: Pick<Operations, 'prepare' | 'execute' | 'subscribe'>;
	readonly following: Pick<EventFollowing, 'follow'>;
	readonly limits: Pick<Limits, 'begin' | 'subscriptions' | 'userConnections'>;
	readonly metrics: Pick<Metrics, 'limited'>;
	readonly errorPolicy: ErrorPolicy;
	readonly createContext: (viewer: Viewer, requestId: string, turns: Turns) => GraphQLContext;
}

/** A socket as its operations know it. Thousands are open at a time, so it holds no more than it must. */
export interface Connection {
	readonly socket: OperationSocket;
	readonly outbox: SocketOutbox;
	readonly requestId: string;
	/** Undefined until the token is checked. Until the socket is closed it is one of this viewer's connections. */
	viewer: Viewer | undefined;
	/** Calls off the close at the token's end. */
	expiry: (() => void) | undefined;
	/** The operations under way: also those that their client has ended and that still end here. */
	readonly running: SocketOperation[];
}

interface SocketOperation extends RunningOperation {
	readonly isSubscription: boolean;
	/** What a subscription has taken of its user's. */
	readonly shares: number;
}

/** What onSubscribe hands on to execute and subscribe. */
interface SocketArgs extends ExecutionArgs {
	readonly operation: Operation;
	readonly connection: Connection;
	readonly viewer: Viewer;
	readonly turns: Turns;
	readonly running: SocketOperation;
}

/** An id is kept as long as its operation and stands in front of every event; clients take a uuid or a number. */
const MAX_ID_CHARACTERS = 128;

/** IANA WebSocket close codes. */
const TRY_AGAIN_LATER = 1013;

/** The graphql-transport-ws protocol over the operation pipeline: who connects, what may run, and what becomes of it. */
export function createSocketOperations(deps: SocketOperationsDeps): ProtocolServer<Connection> {
	return makeServer<Record<string, unknown>, Connection>({
		connectionInitWaitTimeout: deps.config.connectionInitTimeoutMs,
		onConnect: async (context) => {
			const { connectionParams, extra: connection } = context;
			// The token is not needed again, and thousands of them are not small.
			Object.assign(context, { connectionParams: undefined });
			return authenticate(deps, connection, connectionParams);
		},
		onClose: ({ extra }) => leave(deps, extra),
		onSubscribe: ({ extra }, id, payload) => admit(deps, extra, id, payload),
		execute: (args) => run(deps, args as SocketArgs),
		subscribe: (args) => subscribe(deps, args as SocketArgs),
		onError: ({ extra }, _id, _payload, errors) => {
			const shown = errors.map((error) => toPublicError(error, deps.errorPolicy, extra.requestId));
			// Clients take an error for final, and open a closed socket again.
			if (shown.some(({ extensions }) => extensions['code'] === 'SERVICE_BUSY'))
				extra.socket.close(TRY_AGAIN_LATER, 'Try again later');
			return shown.map((error) => error.toJSON());
		},
		onComplete: ({ extra: { running, viewer } }, id) => {
			const index = running.findIndex((one) => one.id === id);
			if (index >= 0) giveBack(deps, running.splice(index, 1), viewer);
		},
	});
}

async function authenticate(
	deps: SocketOperationsDeps,
	connection: Connection,
	params: unknown,
): Promise<boolean> {
	let viewer: Viewer;
	try {
		viewer = await deps.authentication.ofConnection(params);
	} catch (error) {
		if (error instanceof UnauthenticatedError) return false;
		deps.errorPolicy.onDefect(error, connection.requestId);
		// Not the client's fault: unlike 4403, this one is tried again.
		connection.socket.close(TRY_AGAIN_LATER, 'Try again later');
		return false;
	}
	// It has gone meanwhile, and what is taken for it now would never be given back.
	if (connection.socket.readyState !== connection.socket.OPEN) return false;
	if (!deps.limits.userConnections.take(viewer.user.id)) {
		// Its client comes back, later each time.
		connection.socket.close(TRY_AGAIN_LATER, 'You have too many connections open');
		return false;
	}
	connection.viewer = viewer;
	connection.expiry = atExpiry(viewer.expiresAt, () =>
		connection.socket.close(CloseCode.Forbidden, 'Forbidden'),
	);
	return true;
}

/** The socket is closed. */
function leave(deps: SocketOperationsDeps, { viewer, expiry, running }: Connection): void {
	expiry?.();
	giveBack(deps, running.splice(0), viewer);
	if (viewer !== undefined) deps.limits.userConnections.giveBack(viewer.user.id);
}

function giveBack(
	{ limits }: SocketOperationsDeps,
	ended: readonly SocketOperation[],
	viewer: Viewer | undefined,
): void {
	if (viewer === undefined) return;
	for (const { shares } of ended) limits.subscriptions.giveBack(viewer.user.id, shares);
}

/** Never throws: that would close the socket, and with it all its other subscriptions. */
function admit(
	deps: SocketOperationsDeps,
	connection: Connection,
	operationId: string,
	payload: SubscribePayload,
): ExecutionArgs | readonly GraphQLError[] {
	const { viewer, requestId } = connection;
	if (viewer === undefined) return [publicError('UNAUTHENTICATED', 'A valid access token is required.')];
	const { running } = connection;
	const turns = deps.limits.begin(viewer.user.id);
	const refuse = (errors: readonly Error[]) =>
		errors.map((error) => toPublicError(error, deps.errorPolicy, requestId));
	if (operationId.length > MAX_ID_CHARACTERS)
		return refuse([
			publicError('BAD_USER_INPUT', `An operation's id has at most ${MAX_ID_CHARACTERS} characters.`),
		]);
	// The protocol tells operations apart by their ids alone. While this refusal is being sent it would take the one
	// before, if that begins only now, for this one, and forget it with this one.
	const before = running.find(({ id }) => id === operationId);
	if (before !== undefined) {
		before.isLeft = true;
		return refuse([publicError('BAD_USER_INPUT', 'The operation before with this id has not ended yet.')]);
	}
	const request = toOperationRequest(payload);
	if (request instanceof GraphQLError) return refuse([request]);
	const prepared = deps.operations.prepare(request);
	const kind = 'operation' in prepared ? prepared.operation.definition.operation : undefined;
	// The fields of a mutation say it themselves.
	if (turns.wait > 0 && kind !== 'mutation') return refuse([new RateLimitedError(turns.wait)]);
	if ('errors' in prepared) return refuse(prepared.errors);
	const { operation } = prepared;
	const isSubscription = kind === 'subscription';
	const { maxSubscriptionsPerSocket: most } = deps.config;
	// Each by itself: many who ask something for each of their subscriptions have room for both.
	if (running.filter((one) => one.isSubscription === isSubscription).length >= most) {
		deps.metrics.limited('socket_subscriptions');
		const what = isSubscription ? 'subscriptions' : 'other operations';
		return refuse([publicError('RATE_LIMITED', `A socket carries at most ${most} ${what} at a time.`)]);
	}
	const variables = declaredVariables(operation, request.variables);
	const shares = isSubscription ? sharesOf(operation.text, variables) : 0;
	if (isSubscription && !deps.limits.subscriptions.take(viewer.user.id, shares))
		return refuse([limitError('user_subscriptions')]);
	keepOnly(payload, { query: operation.text, variables });
	const begun = { id: operationId, isLeft: false, isSubscription, shares };
	running.push(begun);
	return {
		schema: deps.schema,
		document: operation.document,
		operationName: operation.operationName,
		variableValues: variables,
		contextValue: undefined,
		rootValue: undefined,
		operation,
		connection,
		viewer,
		turns,
		running: begun,
	} as SocketArgs;
}

function declaredVariables({ definition }: Operation, given: OperationRequest['variables']) {
	if (given === undefined) return undefined;
	const names = (definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
	return Object.fromEntries(
		names.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]]),
	);
}

/**
 * The protocol keeps the payload as long as the operation runs: the text is kept once for all who sent it, and what
 * nobody asked for not at all.
 */
function keepOnly(payload: SubscribePayload, kept: Pick<OperationRequest, 'query' | 'variables'>): void {
	for (const name of Object.keys(payload)) if (!(name in kept)) Reflect.deleteProperty(payload, name);
	Object.assign(payload, kept);
}

function run(deps: SocketOperationsDeps, args: SocketArgs): ExecutionResult | Promise<ExecutionResult> {
	const { viewer, connection, operation, variableValues, turns } = args;
	const context = deps.createContext(viewer, connection.requestId, turns);
	return deps.operations.execute(operation, { variables: variableValues ?? undefined, context });
}

async function subscribe(
	deps: SocketOperationsDeps,
	{ operation, variableValues, viewer, connection, running, turns }: SocketArgs,
): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
	const variables = variableValues ?? undefined;
	const { requestId, socket, outbox } = connection;
	const args = { variables, context: deps.createContext(viewer, requestId, turns) };
	let followed: AsyncIterable<ExecutionResult> | undefined;
	const result = await deps.operations.subscribe(operation, args, async () => {
		const follow = { operation, variables, viewer, requestId, socket, outbox, running };
		const answer = await deps.following.follow(follow);
		if (answer === undefined || !(Symbol.asyncIterator in answer)) return answer;
		// Not through the plugins, which would wrap it: it is silent, and there are thousands.
		followed = answer;
		return {};
	});
	const begun = followed ?? result;
	if (!running.isLeft || !(Symbol.asyncIterator in begun)) return begun;
	await begun[Symbol.asyncIterator]().return?.();
	return NOTHING;
}

/** Has ended before it began. */
const NOTHING: AsyncIterable<ExecutionResult> = {
	[Symbol.asyncIterator]: () => ({ next: async () => ({ value: undefined, done: true }) }),
};
