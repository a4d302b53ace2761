import { escapeControls } from '../../observability/control-characters.ts';

const CHARACTERS = 160;

/** Of what a provider said, as much as an error has room for, in a form that every terminal and database takes. */
export function excerpt(text: string): string {
	return escapeControls(text).slice(0, CHARACTERS).toWellFormed();
}
