/** GSM 03.38 where the text has nothing else, UTF-16 otherwise. */
export type SmsEncoding = 'GSM_7' | 'UCS_2';

/** What a text takes as an SMS. */
export interface Segments {
	readonly encoding: SmsEncoding;
	/** Septets, of which a character of the extension table takes two, or UTF-16 units. */
	readonly units: number;
	/** What is paid for: at least 1. */
	readonly segments: number;
}

/** 3GPP TS 23.038, 6.2.1, in the order of the codes, without the escape. */
const BASIC = new Set(
	'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
		'¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);

/** 3GPP TS 23.038, 6.2.1.1: each is an escape and a character. */
const EXTENSION = new Set('\f^{}\\[~]|€');

/** Units of a message alone, and of each of several, which have a header that joins them. */
const CAPACITY = {
	GSM_7: { alone: 160, each: 153 },
	UCS_2: { alone: 70, each: 67 },
} as const satisfies Record<SmsEncoding, object>;

/** How a text goes out as an SMS. No segment ends within a character of two units. */
export function countSegments(text: string): Segments {
	const encoding = isGsm7(text) ? 'GSM_7' : 'UCS_2';
	const { alone, each } = CAPACITY[encoding];
	let units = 0;
	let segments = 1;
	let used = 0;
	for (const character of text) {
		const size = encoding === 'GSM_7' ? septets(character) : character.length;
		units += size;
		used += size;
		if (used <= each) continue;
		segments += 1;
		used = size;
	}
	return { encoding, units, segments: units <= alone ? 1 : segments };
}

function isGsm7(text: string): boolean {
	for (const character of text) if (!BASIC.has(character) && !EXTENSION.has(character)) return false;
	return true;
}

function septets(character: string): 1 | 2 {
	return EXTENSION.has(character) ? 2 : 1;
}
