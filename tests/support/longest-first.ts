import { dirname, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose files start processes, wait for time limits or play for long, the longest first. */
const LONG = ['tests/model', 'tests/faults', 'tests/container', 'tests/cli', 'tests/docs', 'tests/structure'];

/** Files that take long begin first, so that no worker is left alone with one of them at the end. */
export class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const sorted = await super.sort(files);
		// One project after the other, as they were: a worker loads its modules once for each.
		const projects = [...Map.groupBy(sorted, ({ project }) => project).values()];
		return projects.flatMap((some) => some.sort((a, b) => this.#rankOf(a) - this.#rankOf(b)));
	}

	#rankOf({ moduleId }: TestSpecification): number {
		const place = LONG.indexOf(dirname(relative(this.ctx.config.root, moduleId)));
		return place === -1 ? LONG.length : place;
	}
}
