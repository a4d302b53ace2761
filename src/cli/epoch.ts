import { Command } from 'commander';
import { onDatabase, type WaitOption, waitOption } from './maintain.ts';

/** `epoch`: which log the database holds, alone on standard output; `--renew` makes it another one. */
export function epochCommand(): Command {
	return new Command('epoch')
		.description("print the database's epoch: which log clients follow")
		.option(
			'--renew',
			'write a new one, after a restore from a backup: clients then load the history again, and miss nothing; messages ' +
				'that were to be sent to the outside become UNKNOWN',
		)
		.addOption(waitOption())
		.action(async ({ wait, renew = false }: WaitOption & { readonly renew?: boolean }) => {
			const { requireCurrentSchema } = await import('../store/migrate.ts');
			const { readEpoch, renewEpoch } = await import('../store/settings.ts');
			const epoch = await onDatabase({ wait }, async ({ orm, queries }) => {
				await requireCurrentSchema(orm);
				return renew ? renewEpoch(queries) : readEpoch(queries);
			});
			console.log(epoch);
		});
}
