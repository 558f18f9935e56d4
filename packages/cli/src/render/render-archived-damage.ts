import type { ArchiveDescription } from '@eventmend/core/archive';
import { describePartition } from '@eventmend/core/engine';
import { countOf, formatBytes } from '../terminal/format.js';
import { labelled, paragraph } from '../terminal/labelled.js';
import type { TerminalStyle } from '../terminal/terminal-style.js';

const shown = 20;

type ArchivedDamage = ArchiveDescription['damage'][number];

/** What an archive holds of records that could not be read; nothing where there are none. */
export function renderArchivedDamage(damage: readonly ArchivedDamage[], style: TerminalStyle): readonly string[] {
  if (damage.length === 0) return [];
  return [
    '',
    ...paragraph(
      style,
      `${countOf(damage.length, 'record')} could not be read: holes in the archive; a recovery parks them with poison: quarantine-event`,
    ),
    ...listArchivedDamage(damage, style),
  ];
}

/** The records alone. */
export function listArchivedDamage(damage: readonly ArchivedDamage[], style: TerminalStyle): readonly string[] {
  const more = damage.length - shown;
  return [
    ...damage.slice(0, shown).flatMap((record) => labelled(style, offsetsOf(record), describe(record))),
    ...(more > 0 ? labelled(style, '', `and ${countOf(more, 'more record')}`) : []),
  ];
}

function offsetsOf({ at }: ArchivedDamage): string {
  if (at === null) return 'anywhere';
  return `${describePartition(at)}@${at.from}${at.to - at.from > 1 ? `-${at.to - 1}` : ''}`;
}

function describe({ place, reason, raw }: ArchivedDamage): string {
  const kept = raw === null ? 'its bytes are not kept' : `its ${formatBytes(raw.bytes)} are kept`;
  return `${place}: ${reason}; ${kept}`;
}
