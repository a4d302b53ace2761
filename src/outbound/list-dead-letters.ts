import { requireStaff } from '../conversations/access.ts';
import { DEAD_LETTERS, isDeadLetter } from '../conversations/delivery.ts';
import { InvalidInputError } from '../conversations/errors.ts';
import type { DeliveryStatus } from '../conversations/outside.ts';
import type { Page, PageRequest } from '../conversations/pages.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { Outbound } from './outbound.ts';
import type { DeadLetter, DeadLetterCursor } from './store.ts';

/**
 * Messages that went no further and ask for a person, those that ended last first; of all statuses of dead letters where
 * none is given. For staff.
 * @throws ForbiddenError, InvalidInputError for a status that no dead letter has.
 */
export async function listDeadLetters(
	{ store }: Pick<Outbound, 'store'>,
	viewer: Viewer,
	statuses: readonly DeliveryStatus[] | undefined,
	page: PageRequest<DeadLetterCursor>,
): Promise<Page<DeadLetter>> {
	requireStaff(viewer.user);
	const wanted = new Set(statuses ?? DEAD_LETTERS);
	for (const status of wanted) requireDead(status);
	return wanted.size === 0 ? { rows: [], hasMore: false } : store.deadLetters([...wanted], page);
}

function requireDead(status: DeliveryStatus): void {
	if (isDeadLetter(status)) return;
	throw new InvalidInputError('status', `status must be of ${DEAD_LETTERS.join(', ')}.`);
}
