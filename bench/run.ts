/** `npm run bench -- [sends|history|memory|lone …] [--database kind] [--quick] [--peers-only]`: see README.md here. */
import { benchHistory } from './history.ts';
import { benchLone } from './lone.ts';
import { benchMemory } from './memory.ts';
import { benchSends } from './sends.ts';
import { runBenches } from './support/program.ts';

await runBenches({
	name: 'bench',
	benches: { sends: benchSends, lone: benchLone, history: benchHistory, memory: benchMemory },
});
