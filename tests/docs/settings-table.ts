/** The settings that an env file documents, as a Markdown table: what is said of several in one comment stands once. */
export function settingsTable(envExample: string): string {
	const rows: string[] = [];
	let comment: string[] = [];
	let said = false;
	for (const line of envExample.split('\n')) {
		const [, name, value = ''] = /^#([A-Z_]+)=(.*)$/.exec(line) ?? [];
		if (name !== undefined) {
			const text = said ? '″' : comment.join(' ').replaceAll('|', '\\|');
			rows.push(`| \`${name}\` | ${value === '' ? '' : `\`${value}\``} | ${text} |`);
			said = true;
			continue;
		}
		if (said || !/^# (?!---)/.test(line)) comment = [];
		said = false;
		if (/^# (?!---)/.test(line)) comment.push(line.slice(2));
	}
	return ['| variable | default | |', '|---|---|---|', ...rows].join('\n');
}
