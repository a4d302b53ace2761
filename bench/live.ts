/** `npm run bench:live -- [delivery|reconnected|documents|latency|memory|nodes …] [--quick] [--peers-only]`: see README.md here. */
import { benchDelivery } from './live/delivery.ts';
import { benchDocuments } from './live/documents.ts';
import { benchLatency } from './live/latency.ts';
import { benchFollowerMemory } from './live/memory.ts';
import { benchNodes } from './live/nodes.ts';
import { benchReconnected } from './live/reconnected.ts';
import { runBenches } from './support/program.ts';

await runBenches({
	name: 'bench:live',
	benches: {
		delivery: benchDelivery,
		reconnected: benchReconnected,
		documents: benchDocuments,
		latency: benchLatency,
		memory: benchFollowerMemory,
		nodes: benchNodes,
	},
});
