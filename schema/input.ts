/** The fields that were given; those left out or null are left out, as the use cases take optional input. */
export function given<Fields extends object>(
	fields: Fields,
): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
	const entries = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
	return Object.fromEntries(entries) as { [Name in keyof Fields]?: NonNullable<Fields[Name]> };
}
