import { parse } from 'yaml';

type Yaml = string | readonly Yaml[] | { readonly [key: string]: Yaml };
type Mapping = { readonly [key: string]: Yaml };

/** A compose file, anchors and merge keys resolved; scalars are texts. */
export function parseCompose(source: string): Mapping {
	return asMapping(parse(source, { merge: true, schema: 'failsafe' }) as Yaml);
}

/** @throws Error when it is none. */
export function asMapping(value: Yaml | undefined): Mapping {
	if (value === undefined || typeof value === 'string' || isList(value)) throw new Error('Not a mapping.');
	return value;
}

/** @throws Error when it is none. */
export function asTexts(value: Yaml | undefined): readonly string[] {
	if (!isList(value) || !value.every((item) => typeof item === 'string'))
		throw new Error('Not a list of texts.');
	return value;
}

function isList(value: Yaml | undefined): value is readonly Yaml[] {
	return Array.isArray(value);
}
