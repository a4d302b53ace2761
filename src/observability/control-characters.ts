/**
 * What can move a cursor, recolour, break or reorder a line of text: the control characters C0, DEL and C1 (ANSI
 * sequences begin with U+001B or U+009B), the line and paragraph separators and the bidirectional controls.
 */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** The same but for the line break that ends a line. JSON (RFC 8259, section 7) escapes only C0 by itself. */
const CONTROL_WITHIN_LINE = /[[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]--[\n]]/gv;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeCharacter(character: string): string {
	return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** `text` with control characters written out as \n, \r, \t and \uXXXX. */
export function escapeControls(text: string): string {
	return text.replace(CONTROL, escapeCharacter);
}

/** A serialised JSON line with those control characters escaped that JSON lets stand; it parses to the same value. */
export function escapeControlsInJson(line: string): string {
	return line.replace(CONTROL_WITHIN_LINE, escapeCharacter);
}
