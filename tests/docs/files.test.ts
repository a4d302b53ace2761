import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const documents = [
	...readdirSync('.').filter((name) => name.endsWith('.md')),
	...readdirSync('docs').map((name) => join('docs', name)),
];

test.each(documents)('%s names files that are there', (document) => {
	const text = readFileSync(document, 'utf8');
	const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, path = '']) =>
		join(dirname(document), path),
	);
	const paths = [
		...text.matchAll(/`((?:src|schema|tests|bench|docs|client|examples|docker)\/[\w./-]+|\.ci\/run)`/g),
	].map(([, path = '']) => path);
	const missing = [...links, ...paths].filter(
		(path) => statSync(path, { throwIfNoEntry: false }) === undefined,
	);
	expect(missing).toEqual([]);
});
