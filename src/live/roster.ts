import type { User } from '../identity/viewer.ts';

/** A user of a conversation, as one node knows them. */
export interface Sighting {
	readonly node: string;
	readonly user: User;
	/** A stream of theirs is open there. */
	readonly online: boolean;
	/** Which sign of typing holds there, 0 for none; each has a number of its own, and the next one renews it. */
	readonly typing: number;
}

export interface RosterListeners {
	/** What this node wrote may be lost: all of it is to be written again. Answers when that is done. */
	rewrite(): Promise<void>;
	/** What others wrote may have changed unheard. */
	compare(): void;
	/** It could not be read for so long that what is known of other nodes is no longer true. */
	forget(): void;
}

/**
 * Who is where, on all nodes: each writes down its own users and reads those of the others. What a node wrote that has
 * died is not read for long. A user may be online, or type, on several nodes.
 */
export interface Roster {
	/** The name of this node among the others. */
	readonly node: string;
	/** Never throws and never waits. One who is neither online nor typing is taken off. */
	write(conversationId: string, sighting: Sighting): void;
	/** The users of the other nodes. @throws when it cannot be read. */
	read(conversationId: string): Promise<readonly Sighting[]>;
	listen(listeners: RosterListeners): void;
}
