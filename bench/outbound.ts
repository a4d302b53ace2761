/** `npm run bench:outbound -- [deliveries|waiting …] [--database kind] [--quick]`: see README.md here. */
import { benchDeliveries } from './outbound/deliveries.ts';
import { benchWaiting } from './outbound/waiting.ts';
import { runBenches } from './support/program.ts';

await runBenches({
	name: 'bench:outbound',
	benches: { deliveries: benchDeliveries, waiting: benchWaiting },
	withoutPeers: true,
});
