import {
	type ArgumentNode,
	type ExecutionResult,
	type FieldNode,
	type GraphQLSchema,
	getNamedType,
	getVariableValues,
	print,
	TypeInfo,
	visit,
	visitWithTypeInfo,
} from 'graphql';
import { getArgumentValues } from 'graphql/execution/values.js';
import { LRUCache } from 'lru-cache';
import type { GraphQLContext } from '../../schema/context.ts';
import { StoreUnavailable } from '../conversations/store.ts';
import type { Role, Viewer } from '../identity/viewer.ts';
import type { Delivery } from '../live/ring.ts';
import { type EventText, EventTexts, eventText } from './event-texts.ts';
import type { Operation, RunArgs } from './operations.ts';

/** The root field that cohorts share; its place in the log is each follower's own. */
const FIELD = 'conversationEvents';
/** What the cohorts that are kept hold of documents and keys, and what one may: what only one would ask for is not worth it. */
const MAX_CHARACTERS = 512 * 1024;
const MAX_CHARACTERS_EACH = 8_192;
const OWN_ARGUMENTS: ReadonlySet<string> = new Set(['after', 'epoch']);

export interface FollowArguments {
	/** A global id. */
	readonly conversationId: string;
	readonly after?: number | null;
	readonly epoch?: string | null;
}

export interface CohortDeps {
	readonly schema: GraphQLSchema;
	/** Executes the operation with an event as its root value; errors are fit to be shown. */
	readonly execute: (
		operation: Operation,
		args: RunArgs & { readonly rootValue: unknown },
	) => ExecutionResult | PromiseLike<ExecutionResult>;
	/** A context for nobody in particular of this role, who may see this conversation; or for `viewer`. */
	readonly createContext: (viewer: Viewer, delivery: Delivery) => GraphQLContext;
	/** Called whenever an event is made ready for a cohort. */
	readonly onRendered: () => void;
}

/** What is the same for all who sent this operation text. */
interface Shape {
	/** The text without what is each follower's own. */
	readonly key: string;
	readonly field: FieldNode;
	/** Variables that only say where in the log a follower begins. */
	readonly ownVariables: ReadonlySet<string>;
	readonly dependsOnViewer: boolean;
}

/** Followers who asked the same, in the same access class: each event is executed and written out once for all of them. */
export interface Cohort {
	/** @throws StoreUnavailable */
	render(delivery: Delivery): EventText | Promise<EventText>;
}

/** Sorts followers of conversation events into cohorts. */
export class Cohorts {
	readonly #deps: CohortDeps;
	readonly #shapes = new WeakMap<object, Map<string, Shape | null>>();
	/** One that is forgotten while it has followers costs a second execution of an event, no more. */
	readonly #cohorts = new LRUCache<string, Cohort>({
		max: 1_000,
		maxSize: MAX_CHARACTERS,
		maxEntrySize: MAX_CHARACTERS_EACH,
	});
	readonly #texts = new EventTexts();

	constructor(deps: CohortDeps) {
		this.#deps = deps;
	}

	/** The follower's arguments; undefined where the operation is not a plain subscription to conversation events. */
	argumentsOf(operation: Operation, variables: RunArgs['variables']): FollowArguments | undefined {
		const shape = this.#shapeOf(operation);
		if (shape === null) return undefined;
		const { schema } = this.#deps;
		const coerced = getVariableValues(schema, operation.definition.variableDefinitions ?? [], {
			...variables,
		});
		const definition = schema.getSubscriptionType()?.getFields()[FIELD];
		if (coerced.coerced === undefined || definition === undefined) return undefined;
		return getArgumentValues(definition, shape.field, coerced.coerced) as unknown as FollowArguments;
	}

	/** Call it only for an operation that has arguments. */
	join(operation: Operation, variables: RunArgs['variables'], viewer: Viewer): Cohort {
		const shape = this.#shapeOf(operation);
		if (shape === null) throw new Error('Not a subscription to conversation events.');
		if (shape.dependsOnViewer)
			return { render: (delivery) => this.#write(operation, variables, viewer, delivery) };
		const { role } = viewer.user;
		const declared = declaredVariables(operation, variables);
		const shared = declared.filter(([name]) => !shape.ownVariables.has(name));
		const key = `${role} ${JSON.stringify(shared)} ${shape.key}`;
		const known = this.#cohorts.get(key);
		if (known !== undefined) return known;
		const cohort = this.#begin(operation, Object.fromEntries(declared), role);
		this.#cohorts.set(key, cohort, { size: key.length + operation.text.length });
		return cohort;
	}

	#begin(operation: Operation, variables: RunArgs['variables'], role: Role): Cohort {
		const nobody = nobodyOf(role);
		return {
			render: this.#texts.ofCohort((delivery) => {
				this.#deps.onRendered();
				return this.#write(operation, variables, nobody, delivery);
			}),
		};
	}

	#write(
		operation: Operation,
		variables: RunArgs['variables'],
		viewer: Viewer,
		delivery: Delivery,
	): EventText | Promise<EventText> {
		const context = this.#deps.createContext(viewer, delivery);
		const result = this.#deps.execute(operation, { variables, context, rootValue: delivery.event });
		return 'then' in result ? Promise.resolve(result).then(textOf) : textOf(result);
	}

	#shapeOf(operation: Operation): Shape | null {
		const byName = this.#shapes.get(operation.document) ?? new Map<string, Shape | null>();
		this.#shapes.set(operation.document, byName);
		const name = operation.operationName ?? '';
		let shape = byName.get(name);
		if (shape === undefined) {
			shape = shapeOf(this.#deps.schema, operation);
			byName.set(name, shape);
		}
		return shape;
	}
}

/**
 * @throws StoreUnavailable where the database was not to be had: an error in the event's place would be a hole in what
 * its followers see.
 */
function textOf(result: ExecutionResult): EventText {
	if (result.errors?.some(({ extensions }) => extensions['code'] === 'SERVICE_BUSY'))
		throw new StoreUnavailable('The event cannot be read now.');
	return eventText(JSON.stringify(result));
}

/** By name; what the operation does not declare is nobody's. */
function declaredVariables({ definition }: Operation, variables: RunArgs['variables']): [string, unknown][] {
	const names = (definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
	return names
		.filter((name) => variables?.[name] !== undefined)
		.sort()
		.map((name) => [name, variables?.[name]]);
}

/** The nil UUID (RFC 9562, 5.9): no user has it. */
const NIL = '00000000-0000-0000-0000-000000000000';

function nobodyOf(role: Role): Viewer {
	return { user: { id: NIL, subject: '', name: '', role }, expiresAt: Number.POSITIVE_INFINITY };
}

function shapeOf(schema: GraphQLSchema, { document, definition, operationName }: Operation): Shape | null {
	const [root, ...others] = definition.selectionSet.selections;
	if (root?.kind !== 'Field' || root.name.value !== FIELD || others.length > 0) return null;
	if ((root.directives ?? []).length > 0 || (definition.directives ?? []).length > 0) return null;
	const own = (argument: ArgumentNode) => OWN_ARGUMENTS.has(argument.name.value);
	const given = root.arguments ?? [];
	const stripped = { ...root, arguments: given.filter((argument) => !own(argument)) };
	const rest = visit(document, { Field: (node) => (node === root ? stripped : undefined) });
	const usedElsewhere = new Set<string>();
	visit(rest, {
		VariableDefinition: () => false,
		Variable: ({ name }) => {
			usedElsewhere.add(name.value);
		},
	});
	const places = given
		.filter(own)
		.flatMap(({ value }) => (value.kind === 'Variable' ? [value.name.value] : []));
	const ownVariables = new Set(places.filter((name) => !usedElsewhere.has(name)));
	const shared = visit(rest, {
		VariableDefinition: ({ variable }) => (ownVariables.has(variable.name.value) ? null : undefined),
	});
	return {
		key: `${operationName ?? ''} ${print(shared)}`,
		field: root,
		ownVariables,
		dependsOnViewer: dependsOnViewer(schema, document),
	};
}

/** Whether the document asks for a field that is marked as the viewer's own. */
function dependsOnViewer(schema: GraphQLSchema, document: Operation['document']): boolean {
	const types = new TypeInfo(schema);
	let depends = false;
	visit(
		document,
		visitWithTypeInfo(types, {
			Field: () => {
				const field = types.getFieldDef();
				if (field && getNamedType(types.getParentType()) && field.extensions['viewerDependent'] === true)
					depends = true;
			},
		}),
	);
	return depends;
}
