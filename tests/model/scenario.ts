import fc from 'fast-check';
import { CUSTOMERS, USERS, type UserName } from './model.ts';

/** What a user does next. Nodes, conversations and messages are named by a number, taken modulo those that there are. */
export type Step = { readonly user: UserName; readonly node: number } & (
	| { readonly kind: 'create'; readonly isOpen: boolean; readonly members: readonly UserName[] }
	| { readonly kind: 'join' | 'leave' | 'resend'; readonly conversation: number }
	| { readonly kind: 'add' | 'remove'; readonly conversation: number; readonly target: UserName }
	| {
			readonly kind: 'send';
			readonly conversation: number;
			readonly body: string;
			readonly key: string | undefined;
			readonly replyTo: number | undefined;
			readonly internal: boolean | undefined;
			/** Sent twice at the same time. */
			readonly twice: boolean;
	  }
	| {
			readonly kind: 'edit' | 'delete';
			readonly conversation: number;
			readonly message: number;
			readonly body: string;
	  }
	| { readonly kind: 'markRead'; readonly conversation: number; readonly part: number }
	| {
			readonly kind: 'subscribe';
			readonly conversation: number;
			/** From 0, the beginning, to 1, the head; beyond it what is not there yet. Undefined: from now on. */
			readonly part: number | undefined;
			readonly asksForViewer: boolean;
	  }
	| { readonly kind: 'disconnect' }
);

export interface Scenario {
	readonly ringEvents: number;
	readonly isOpen: boolean;
	readonly creator: UserName;
	/** What the steps of one burst do, they do at the same time; each user has one at most. */
	readonly bursts: readonly (readonly Step[])[];
}

const user = fc.constantFrom<UserName>(...USERS);
const node = fc.nat(11);
const customer = fc.constantFrom<UserName>(...CUSTOMERS);
/** Most happens in the first one, so that something comes together there. */
const conversation = fc.constantFrom(0, 0, 0, 1, 2);
const part = fc.integer({ min: 0, max: 12 }).map((tenths) => tenths / 10);
const body = fc.constantFrom('yes', 'no', "it's 100% “fine”", '👩‍👩‍👧 שלום', 'perhaps', 'later');

function step<Kind extends Step['kind'], More extends object>(
	kind: readonly Kind[],
	more: { readonly [Key in keyof More]: fc.Arbitrary<More[Key]> },
) {
	return fc.record({ kind: fc.constantFrom(...kind), user, node, ...more }) as unknown as fc.Arbitrary<Step>;
}

const anyStep = fc.oneof(
	{
		weight: 1,
		arbitrary: step(['create'], {
			isOpen: fc.boolean(),
			members: fc.uniqueArray(user, { maxLength: 2 }),
		}),
	},
	{ weight: 4, arbitrary: step(['join', 'leave', 'resend'], { conversation }) },
	{ weight: 3, arbitrary: step(['add'], { conversation, target: customer }) },
	{
		weight: 3,
		arbitrary: step(['add', 'remove'], {
			conversation,
			target: fc.oneof(user, customer),
		}),
	},
	{
		weight: 9,
		arbitrary: step(['send'], {
			conversation,
			body,
			key: fc.option(fc.constantFrom('k1', 'k2', 'k3', 'k4'), { nil: undefined }),
			replyTo: fc.option(fc.nat(20), { nil: undefined, freq: 3 }),
			internal: fc.constantFrom(undefined, undefined, undefined, true, false),
			twice: fc.boolean(),
		}),
	},
	{ weight: 6, arbitrary: step(['edit', 'delete'], { conversation, message: fc.nat(20), body }) },
	{
		weight: 3,
		arbitrary: step(['markRead'], { conversation, part }),
	},
	{
		weight: 9,
		arbitrary: step(['subscribe'], {
			conversation,
			part: fc.option(part, { nil: undefined }),
			asksForViewer: fc.boolean(),
		}),
	},
	{ weight: 2, arbitrary: step(['disconnect'], {}) },
);

export const anyScenario: fc.Arbitrary<Scenario> = fc.record({
	ringEvents: fc.constantFrom(1, 4, 512),
	isOpen: fc.boolean(),
	creator: user,
	bursts: fc.array(
		fc.uniqueArray(anyStep, { minLength: 2, maxLength: USERS.length, selector: (s) => s.user }),
		{
			minLength: 30,
			maxLength: 50,
			size: 'max',
		},
	),
});
