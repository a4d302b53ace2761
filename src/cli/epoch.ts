import { Command } from 'commander';
import { requireCurrentSchema } from '../store/migrate.ts';
import { readEpoch, renewEpoch } from '../store/settings.ts';
import { onDatabase, type WaitOption, waitOption } from './maintain.ts';

/** `epoch`: which log the database holds, alone on standard output; `--renew` makes it another one. */
export function epochCommand(): Command {
	return new Command('epoch')
		.description("print the database's epoch: which log clients follow")
		.option(
			'--renew',
			'write a new one, after a restore from a backup: clients then load the history again, and miss nothing',
		)
		.addOption(waitOption())
		.action(async ({ wait, renew = false }: WaitOption & { readonly renew?: boolean }) => {
			const epoch = await onDatabase({ wait }, async ({ orm, queries }) => {
				await requireCurrentSchema(orm);
				return renew ? renewEpoch(queries) : readEpoch(queries);
			});
			console.log(epoch);
		});
}
