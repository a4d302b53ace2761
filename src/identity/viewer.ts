/** The role that a token claims. Agents and admins are staff: they see every conversation and its notes. */
export type Role = 'CUSTOMER' | 'AGENT' | 'ADMIN';

export interface User {
	readonly id: string;
	/** The token's `sub`: who this is to the system that signs the tokens. */
	readonly subject: string;
	readonly name: string;
	readonly role: Role;
}

/** Who asks, and until when the token that says so holds (milliseconds since the epoch; Infinity without `exp`). */
export interface Viewer {
	readonly user: User;
	readonly expiresAt: number;
}

/** Staff see every conversation, and notes. */
export function isStaff(user: Pick<User, 'role'>): boolean {
	return user.role !== 'CUSTOMER';
}
