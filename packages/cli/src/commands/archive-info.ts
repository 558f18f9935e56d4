import { resolve } from 'node:path';
import { describePartition, isHarmlessHole } from '@eventmend/core/engine';
import type { ArchiveDescription } from '@eventmend/core/archive';
import { renderArchivedDamage } from '../render/render-archived-damage.js';
import { exitCodes, type HoleReason } from '@eventmend/core';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { pathHere } from '../program/incident-argument.js';
import { countOf, formatBytes, formatCount, formatTime } from '../terminal/format.js';
import { paint } from '../terminal/terminal-style.js';
import { safeText } from '../terminal/safe-text.js';
import { eventmendCommand } from '../terminal/shell-word.js';
import { table } from '../terminal/table.js';

/** What an archive holds, from its index. */
export async function archiveInfo(context: CommandContext, file: string): Promise<CommandResult> {
  const path = resolve(context.cwd, file);
  const { describeArchive } = await context.engine.archives();
  const archive = describeArchive(path);
  const { outStyle } = context.terminal;
  return {
    exitCode: exitCodes.ok,
    lines: [
      `${paint(outStyle, 'strong', safeText(pathHere(path, context.cwd)))}  ${countOf(archive.events, 'event')} of ${safeText(archive.source)}, ${countOf(archive.segments, 'segment')}, ${formatBytes(archive.bytes)}, ${archive.sealed ? 'sealed' : 'not sealed'}`,
      '',
      ...table(
        [
          { title: 'Partition', wrap: true },
          { title: 'Offsets', align: 'right' },
          { title: 'Events', align: 'right' },
          { title: 'Gaps', align: 'right' },
          { title: 'From (UTC)', wrap: true },
          { title: 'To (UTC)', wrap: true },
        ],
        archive.partitions.map((partition) => [
          describePartition(partition),
          partition.range.from === partition.range.to ? 'none' : `${partition.range.from}-${partition.range.to - 1}`,
          formatCount(partition.events),
          formatCount(missingOffsets(partition)),
          partition.firstTime === null ? '' : formatTime(partition.firstTime),
          partition.lastTime === null ? '' : formatTime(partition.lastTime),
        ]),
        outStyle,
      ),
      ...renderArchivedDamage(archive.damage, outStyle),
      ...archive.imports
        .filter(({ state }) => state === 'running')
        .map(({ file: input }) => `Unfinished: the import of ${safeText(input)} was stopped; run it again to go on`),
    ],
    document: {
      archive: {
        path: archive.path,
        id: archive.id,
        bytes: archive.bytes,
        source: archive.source,
        sealed: archive.sealed,
        events: archive.events,
        segments: archive.segments,
        repeated: archive.repeated,
        partitions: archive.partitions.map((partition) => ({
          source: partition.source,
          topic: partition.topic,
          incarnation: partition.incarnation,
          partition: partition.partition,
          beginning: String(partition.beginning),
          from: String(partition.range.from),
          to: String(partition.range.to),
          events: partition.events,
          firstTime: partition.firstTime,
          lastTime: partition.lastTime,
          holes: partition.holes.map((hole) => ({ from: String(hole.from), to: String(hole.to), reason: hole.reason })),
        })),
        ...(archive.damage.length > 0 && { damage: archive.damage.map(damageToJson) }),
        imports: archive.imports.map((entry) => ({
          file: entry.file,
          state: entry.state,
          sha256: entry.sha256,
          events: entry.events,
        })),
      },
    },
    next: [eventmendCommand('archive', 'verify', pathHere(path, context.cwd))],
  };
}

function damageToJson({ kind, at, place, reason, form, raw }: ArchiveDescription['damage'][number]) {
  return {
    kind,
    topic: at?.topic ?? null,
    partition: at?.partition ?? null,
    from: at === null ? null : String(at.from),
    to: at === null ? null : String(at.to),
    place,
    reason,
    form,
    bytes: raw?.bytes ?? null,
    sha256: raw?.sha256 ?? null,
  };
}

interface Held {
  readonly beginning: number;
  readonly range: { readonly from: number };
  readonly holes: readonly { readonly from: number; readonly to: number; readonly reason: HoleReason }[];
}

/** Offsets in front of the first event and in holes that may have held events. */
function missingOffsets({ beginning, range, holes }: Held): number {
  const lost = holes.filter(({ reason }) => !isHarmlessHole(reason));
  return range.from - beginning + lost.reduce((sum, hole) => sum + hole.to - hole.from, 0);
}
