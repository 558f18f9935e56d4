import type { ExaminedCheckpoint, ExaminedCheckpoints } from '@eventmend/checkpoint';
import { countOf, formatBytes, formatCount, formatTime, shortDigest } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { safeText } from '../terminal/safe-text.js';
import { table } from '../terminal/table.js';
import { paint, type TerminalStyle } from '../terminal/terminal-style.js';
import { describeChainBreak, describeCheckpointProblem } from './describe-checkpoint-problem.js';

/**
 * The checkpoints of a folder with what is wrong.
 * @param deep whether all of it was read: what was not is not called whole
 */
export function renderCheckpoints(found: ExaminedCheckpoints, deep: boolean, style: TerminalStyle): string[] {
  if (found.checkpoints.length === 0) return ['No checkpoints yet.', ...storeLines(found, deep, style)];
  return [
    ...table(
      [
        { title: 'Checkpoint' },
        { title: 'Taken (UTC)', wrap: true },
        { title: 'Kind' },
        { title: 'Keys', align: 'right' },
        { title: 'Rows', align: 'right' },
        { title: 'Events', align: 'right' },
        { title: 'Size', align: 'right' },
        { title: 'State' },
      ],
      found.checkpoints.map((checkpoint) => rowOf(checkpoint, deep)),
      style,
    ),
    ...found.checkpoints.flatMap(({ id, problem }) =>
      problem === null ? [] : labelled(style, id, safeText(describeCheckpointProblem(problem)), 12),
    ),
    ...found.breaks.flatMap((one) => labelled(style, 'chain', safeText(describeChainBreak(one)), 12)),
    ...headLines(found, style),
    ...storeLines(found, deep, style),
  ];
}

function rowOf(checkpoint: ExaminedCheckpoint, deep: boolean) {
  const { id, header, rows, bytes, problem, proven } = checkpoint;
  const state =
    problem !== null
      ? ({ text: 'damaged', paint: 'bad' } as const)
      : proven !== null
        ? ({ text: 'proven', paint: 'good' } as const)
        : deep
          ? ({ text: 'whole', paint: 'good' } as const)
          : 'not read';
  return [
    id,
    header === null ? '' : formatTime(Date.parse(header.taken_at)),
    header === null ? '' : header.base === null ? 'full' : `on ${header.base.id}`,
    header === null ? '' : formatCount(header.keys),
    formatCount(rows),
    header === null ? '' : formatCount(header.commit.events),
    formatBytes(bytes),
    state,
  ];
}

function headLines({ head }: ExaminedCheckpoints, style: TerminalStyle): string[] {
  if (head === 'absent')
    return labelled(style, 'head', 'there is no head file: whether the newest checkpoint is here, nobody can tell', 12);
  return head === 'unreadable' ? labelled(style, 'head', 'the head file cannot be read', 12) : [];
}

function storeLines({ store }: ExaminedCheckpoints, deep: boolean, style: TerminalStyle): string[] {
  if (store === null) return [];
  if (store.problem !== null) return labelled(style, 'store', paint(style, 'bad', safeText(store.problem.message)), 12);
  const { link } = store;
  const commits = link === null ? '' : `${countOf(link.seq, 'commit')}, ${countOf(link.events, 'event')} applied`;
  return labelled(style, 'store', `${commits}, chain ${shortDigest(link?.chain ?? '')}${deep ? ', whole' : ''}`, 12);
}
