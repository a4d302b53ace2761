import type { Roster, Sighting } from '../live/roster.ts';

/** The roster of a single node: there are no others. */
export class MemoryRoster implements Roster {
	readonly node = 'the only one';

	write(): void {}

	async read(): Promise<readonly Sighting[]> {
		return [];
	}

	listen(): void {}
}
