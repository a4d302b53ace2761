/** A command cannot do what it was asked; the message is for whoever typed it. */
export class CommandError extends Error {
	constructor(message: string, cause?: unknown) {
		super(message, { cause });
		this.name = 'CommandError';
	}
}
