import type { ArchiveDescription, ExportedEvents } from '@eventmend/core/archive';
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

/** What of an archive is not in an export of it; nothing where all is. */
export function renderLeftOut(
  { contradicted = 0, damaged = 0 }: ExportedEvents,
  style: TerminalStyle,
): readonly string[] {
  if (contradicted === 0 && damaged === 0) return [];
  const events = contradicted === 0 ? '' : `, and ${countOf(contradicted, 'event')} that something contradicts`;
  return paragraph(
    style,
    `Left out: ${countOf(damaged, 'damaged record')}${events}; the archive alone keeps them, and their offsets are gaps of the file`,
  );
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
