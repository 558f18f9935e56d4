import type { PreparedGroupMove } from '@eventmend/core/engine';
import { formatCount } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { safeText } from '../terminal/safe-text.js';
import { paint, type TerminalStyle } from '../terminal/terminal-style.js';

/** Where a group stands and where it is to go on, a line for each partition. */
export function renderGroupMove(
  { runId, group, steps }: Pick<PreparedGroupMove, 'runId' | 'group' | 'steps'>,
  undo: boolean,
  style: TerminalStyle,
): string[] {
  const what = undo ? `back to where it stood before ${runId}` : `on behind ${runId}`;
  return [
    paint(style, 'strong', safeText(`The group ${group} goes ${what}`)),
    ...steps.flatMap(({ topic, partition, before, after }) => {
      const [from, to] = undo ? [after, before] : [before, after];
      return labelled(style, `${topic}[${partition}]`, `${described(from)} -> ${described(to)}`);
    }),
  ];
}

function described(offset: number | null): string {
  return offset === null ? 'nothing committed' : formatCount(offset);
}
