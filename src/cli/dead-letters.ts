import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { QueueWebhooks } from '../conversations/batch.ts';
import { DEAD_LETTERS } from '../conversations/delivery.ts';
import type { Domain } from '../conversations/domain.ts';
import { DomainError } from '../conversations/errors.ts';
import { LIMITS } from '../conversations/limits.ts';
import { fromPublicId, toPublicId } from '../conversations/public-ids.ts';
import { escapeControls, escapeControlsInJson } from '../observability/control-characters.ts';
import type { DeadLetter, OutboundStore } from '../outbound/store.ts';
import type { Store } from '../store/database.ts';
import { CommandError } from './command-error.ts';
import { onStore, type WaitOption, waitOption } from './maintain.ts';

type Status = (typeof DEAD_LETTERS)[number];

/** Of which no contact can get a second copy. */
const NOT_ACCEPTED = ['DEAD', 'FAILED'] as const satisfies readonly Status[];

interface StatusOption {
	readonly status?: readonly Status[];
}

/** `dead-letters list | redrive`: messages to the outside that went no further, beside a service that runs. */
export function deadLettersCommand(): Command {
	return new Command('dead-letters')
		.description('messages to the outside that went no further: show them, or queue them again')
		.addCommand(listCommand())
		.addCommand(redriveCommand());
}

function listCommand(): Command {
	return new Command('list')
		.description('show them, those that ended last first')
		.addOption(statusOption('only those with these statuses; all of them when left out'))
		.option('--json', 'as one JSON array')
		.addOption(waitOption())
		.action(
			async ({ wait, status, json = false }: WaitOption & StatusOption & { readonly json?: boolean }) => {
				const letters = await onStore({ wait }, ({ outbound }) => readAll(outbound, status ?? DEAD_LETTERS));
				if (json) console.log(escapeControlsInJson(JSON.stringify(letters.map(describe), null, 2)));
				else for (const line of table(letters)) console.log(line);
			},
		);
}

function redriveCommand(): Command {
	return new Command('redrive')
		.description('queue messages again; the services send them at their next look')
		.addArgument(new Argument('[messageId...]', 'which, as list shows them').argParser(readMessageId))
		.option('--all', 'every one that is DEAD or FAILED, or has a --status')
		.addOption(statusOption('with --all: these. Of an UNKNOWN message the contact may get a second copy'))
		.addOption(waitOption())
		.action(
			async (
				ids: readonly string[],
				{ wait, status, all = false }: WaitOption & StatusOption & { readonly all?: boolean },
			) => {
				if (all === ids.length > 0 || (status !== undefined && !all))
					throw new CommandError('Name messages, or say --all, perhaps with --status.');
				const { redriven, refused } = await onStore({ wait }, async (store) =>
					redriveEach(store, all ? await idsOf(store, status ?? NOT_ACCEPTED) : ids),
				);
				for (const line of refused) console.error(line);
				console.log(`Queued ${redriven} ${redriven === 1 ? 'message' : 'messages'} again.`);
				if (refused.length > 0) throw new CommandError(`${refused.length} could not be queued again.`);
			},
		);
}

async function idsOf({ outbound }: Store, statuses: readonly Status[]): Promise<readonly string[]> {
	return (await readAll(outbound, statuses)).map(({ message }) => message.id);
}

/** Some at a time share a transaction. */
const AT_ONCE = 100;

async function redriveEach(
	store: Store,
	ids: readonly string[],
): Promise<{ readonly redriven: number; readonly refused: readonly string[] }> {
	const { redriveDelivery } = await import('../outbound/redrive-delivery.ts');
	const { WebhookRegistry } = await import('../webhooks/registry.ts');
	const registry = new WebhookRegistry(store.webhooks);
	const domain = await domainOn(store, (entries) => registry.queue(entries));
	const redrive = (messageId: string) =>
		redriveDelivery({ domain }, 'operator', { messageId }).then(
			() => undefined,
			(error: unknown) => {
				if (error instanceof DomainError) return `${toPublicId('Message', messageId)}: ${error.message}`;
				throw error;
			},
		);
	const refused: string[] = [];
	for (let at = 0; at < ids.length; at += AT_ONCE) {
		await registry.refresh();
		const ended = await Promise.all(ids.slice(at, at + AT_ONCE).map(redrive));
		refused.push(...ended.filter((refusal) => refusal !== undefined));
	}
	return { redriven: ids.length - refused.length, refused };
}

/** The domain of a process in which nobody follows anything: the services look at the log by themselves. */
async function domainOn(store: Store, queueWebhooks: QueueWebhooks): Promise<Domain> {
	const { WriteQueue } = await import('../conversations/write-queue.ts');
	const nobody = () => undefined;
	return {
		store: store.conversations,
		users: store.users,
		writes: new WriteQueue(store.conversations, {
			maxQueued: AT_ONCE,
			maxBatch: AT_ONCE,
			onCommitted: nobody,
			queueWebhooks,
		}),
		attempts: (messageIds) => store.outbound.attempts(messageIds),
		epoch: () => '',
		observeSend: nobody,
		announceRead: nobody,
	};
}

async function readAll(store: OutboundStore, statuses: readonly Status[]): Promise<readonly DeadLetter[]> {
	const letters: DeadLetter[] = [];
	for (;;) {
		const after = letters.at(-1)?.cursor;
		const page = await store.deadLetters(statuses, {
			limit: LIMITS.pageSize,
			fromEnd: false,
			...(after && { after }),
		});
		letters.push(...page.rows);
		if (!page.hasMore) return letters;
	}
}

/** What is shown of one. Not its text, which is nobody's who only runs the service. */
function describe({ message }: DeadLetter) {
	const { delivery } = message.outside ?? {};
	return {
		id: toPublicId('Message', message.id),
		conversationId: toPublicId('Conversation', message.conversationId),
		channel: message.channel,
		status: delivery?.status ?? null,
		from: delivery?.from ?? null,
		to: delivery?.to ?? null,
		attempts: delivery?.attempts ?? 0,
		provider: delivery?.provider ?? null,
		error: delivery?.error ?? null,
		updatedAt: delivery?.updatedAt.toISOString() ?? null,
	};
}

function table(letters: readonly DeadLetter[]): readonly string[] {
	if (letters.length === 0) return ['There are no dead letters.'];
	const heads = ['message', 'status', 'attempts', 'to', 'since', 'why'];
	const lines = letters.map(describe).map(({ id, status, attempts, to, updatedAt, error }) =>
		// A provider's words go to a terminal here.
		[id, status, attempts, to, updatedAt, error].map((cell) => escapeControls(String(cell ?? ''))),
	);
	const widths = heads.map((head, column) =>
		Math.max(head.length, ...lines.map((line) => line[column]?.length ?? 0)),
	);
	return [heads, ...lines].map((line) =>
		line
			.map((cell, column) => cell.padEnd(widths[column] ?? 0))
			.join('  ')
			.trimEnd(),
	);
}

function statusOption(description: string): Option {
	return new Option('--status <status...>', description).choices(DEAD_LETTERS);
}

function readMessageId(text: string, before: readonly string[] = []): readonly string[] {
	const id = fromPublicId('Message', text);
	if (id === undefined) throw new InvalidArgumentError('It must be the id of a message: msg_…');
	return [...before, id];
}
