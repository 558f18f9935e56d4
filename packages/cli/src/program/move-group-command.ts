import type { Command } from 'commander';
import type { MoveGroupOptions } from '../commands/move-group.js';
import type { Dispatch } from './dispatch.js';

/** `eventmend move-group`: where the repaired workers go on. */
export function addMoveGroupCommand(program: Command, dispatch: Dispatch): void {
  program
    .command('move-group')
    .helpOption('-h, --help', 'show help')
    .description('write where the workers of a consumer group go on behind a verified run')
    .argument('<run>', 'the run, such as r-7f3a91c2')
    .argument('<group>', 'the consumer group; it must have no members')
    .option('--undo', 'put it back to where it stood before')
    .option('--dry-run', 'show what would be written, and write nothing')
    .option('-y, --yes', 'do not ask')
    .option('--incident <file>', 'the incident file; found by the run if not given')
    .action((runId: string, group: string, options: MoveGroupOptions, command: Command) =>
      dispatch('move-group', command.optsWithGlobals(), async (context) =>
        (await import('../commands/move-group.js')).moveGroup(context, runId, group, options),
      ),
    );
}
