import type { Command } from 'commander';
import type { CheckpointDiffOptions } from '../commands/checkpoint-diff.js';
import type { CheckpointPruneOptions } from '../commands/checkpoint-prune.js';
import type { CheckpointShowOptions } from '../commands/checkpoint-show.js';
import type { CheckpointVerifyOptions } from '../commands/checkpoint-verify.js';
import type { Dispatch } from './dispatch.js';

/** `eventmend checkpoint …`: what the checkpointer of a live worker has made. */
export function addCheckpointCommands(program: Command, dispatch: Dispatch): void {
  const checkpoint = program
    .command('checkpoint')
    .description('look after the checkpoints of a live worker: list, show, verify, diff, prune, restore');
  checkpoint.helpOption('-h, --help', 'show help').helpCommand(false);
  const on = (name: string) => checkpoint.command(name).helpOption('-h, --help', 'show help');

  on('list')
    .description('the checkpoints of a folder, from their first and last lines')
    .argument('<folder>', 'the folder of the checkpointer, or a copy of its checkpoints')
    .action((folder: string, _: unknown, command: Command) =>
      dispatch('checkpoint list', command.optsWithGlobals(), async (context) =>
        (await import('../commands/checkpoint-list.js')).checkpointList(context, folder),
      ),
    );

  on('show')
    .description('one checkpoint: position, worker, what it does not hold; or the state of a key in it')
    .argument('<folder>')
    .argument('<checkpoint>', 'such as c-0000000012')
    .option('--key <key>', 'the state of this key, and what was applied to it')
    .action((folder: string, id: string, options: CheckpointShowOptions, command: Command) =>
      dispatch('checkpoint show', command.optsWithGlobals(), async (context) =>
        (await import('../commands/checkpoint-show.js')).checkpointShow(context, folder, id, options),
      ),
    );

  on('verify')
    .description('read all checkpoints and the store, check every row and the chain, name the newest whole one')
    .argument('<folder>')
    .option('--incident <file>', 'replay the log of this incident too, and note which of them it reproduces')
    .action((folder: string, options: CheckpointVerifyOptions, command: Command) =>
      dispatch('checkpoint verify', command.optsWithGlobals(), async (context) =>
        (await import('../commands/checkpoint-verify.js')).checkpointVerify(context, folder, options),
      ),
    );

  on('diff')
    .description('what changed from one checkpoint to another, key by key')
    .argument('<folder>')
    .argument('<from>')
    .argument('<to>')
    .option('--limit <number>', 'how many keys to show', '20')
    .action((folder: string, from: string, to: string, options: CheckpointDiffOptions, command: Command) =>
      dispatch('checkpoint diff', command.optsWithGlobals(), async (context) =>
        (await import('../commands/checkpoint-diff.js')).checkpointDiff(context, folder, from, to, options),
      ),
    );

  on('prune')
    .description(
      'remove old checkpoints; never the newest whole one, the last proven one, or what a kept one stands on',
    )
    .argument('<folder>')
    .option('--newest <number>', 'keep at least so many', '30')
    .option('--days <number>', 'keep all of the last so many days', '0')
    .option('--yes', 'remove them; without it they are only named')
    .action((folder: string, options: CheckpointPruneOptions, command: Command) =>
      dispatch('checkpoint prune', command.optsWithGlobals(), async (context) =>
        (await import('../commands/checkpoint-prune.js')).checkpointPrune(context, folder, options),
      ),
    );

  on('restore')
    .description('make the store of a live worker from a checkpoint, in a new folder')
    .argument('<folder>')
    .argument('<checkpoint>')
    .requiredOption('--into <folder>', 'the new folder; nothing is ever overwritten')
    .action((folder: string, id: string, options: { readonly into: string }, command: Command) =>
      dispatch('checkpoint restore', command.optsWithGlobals(), async (context) =>
        (await import('../commands/checkpoint-restore.js')).checkpointRestore(context, folder, id, options.into),
      ),
    );
}
