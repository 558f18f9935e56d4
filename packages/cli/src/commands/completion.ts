import { relative } from 'node:path';
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { incidentFilesIn } from '@eventmend/core/incident';

/** Adds `completion <shell>` and the hidden command that the scripts ask. */
export function addCompletion(program: Command, cwd: string): void {
  const root = tab(program, { completionCommandName: 'completion' });
  for (const name of ['assess', 'plan', 'recover', 'runs']) {
    root.commands.get(name)?.argument('incident', (complete) => {
      for (const file of incidentFilesIn(cwd)) complete(relative(cwd, file), 'incident file');
    });
  }
}
