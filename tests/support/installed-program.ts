import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first program of this name in PATH that is none of node_modules. */
export function installedProgram(name: string): string | undefined {
	const folders = (process.env['PATH'] ?? '')
		.split(delimiter)
		.filter((folder) => !folder.includes('node_modules'));
	return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
