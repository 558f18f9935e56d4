import type { ReportJson } from '../../../documents/report-document.js';
import {
  describeDestination,
  describeDropped,
  describeForeign,
  describeRows,
} from '../../../render/describe-publication.js';
import { countOf, formatCount } from '../../../terminal/format.js';
import { markup, type Html } from '../html.js';
import { mark, more, tableOf, when } from '../words.js';

type Publication = NonNullable<ReportJson['publications']>[number];

/** What was published of the run, what was left alone, and why. */
export function publicationsChapter({ publications }: ReportJson): Html | null {
  if (publications === undefined) return null;
  return markup`<p class="lead">As each publication was last read back where it was sent to. Only <code>eventmend publish</code> sends anything; a report does not look there again.</p>
${publications.map(publicationSection)}`;
}

function publicationSection(publication: Publication): Html {
  const { destination, name, base, clusterId, sealedAt, chosen, leftAlone, warnings, readBack } = publication;
  const cluster = clusterId === null ? null : markup`, cluster <code>${clusterId}</code>`;
  return markup`<h3>${titleOfPublication(publication)}</h3>
<p>${readBack === null ? mark('bad', 'not read back') : readBack.complete ? mark('good', 'complete') : mark('warn', 'a part')} ${standOfPublication(publication)}</p>
<ul>${[
    ...detailsOfPublication(publication).map((text) => markup`<li>${text}</li>`),
    ...leftAlone.map((text) => markup`<li>left alone: ${text}</li>`),
    ...warnings.map((text) => markup`<li>warning: ${text}</li>`),
  ]}</ul>
${chosen === null ? null : markup`<p class="quiet">First were sealed ${countOf(chosen.rows, 'record')} of chosen keys: <bdi>${chosen.keys.join(', ')}</bdi></p>`}
<p class="quiet">Sealed ${when(sealedAt)}; ids begin with <code>${base}</code>${cluster}.</p>
${readBack === null ? null : more(`By partition of ${describeDestination(name, destination)}`, partitionTable(readBack.partitions))}`;
}

/** `Corrections, to processed-events`. */
export function titleOfPublication({ mode, name, destination }: Publication): string {
  return `${mode === 'rebuild' ? 'All outputs in their order' : 'Corrections'}, to ${describeDestination(name, destination)}`;
}

/** How far it has come, in a sentence. */
export function standOfPublication({ rows, readBack, destination }: Publication): string {
  const where = destination === 'table' ? 'table' : 'topic';
  if (readBack === null) {
    return `${countOf(rows, 'record')} sealed and never read back: publishing was stopped in the middle, and how many of them stand in the ${where} is not known. The same command goes on where the ${where} shows it to be.`;
  }
  const { complete, published } = readBack;
  return `${formatCount(published)} of ${countOf(rows, 'record')} read back, each once and in order.${complete ? '' : ` The rest was not sent when the ${where} was last read.`}`;
}

/** What else is to be known of it, apart from what was left alone. */
export function detailsOfPublication({ actions, destination, time, readBack }: Publication): string[] {
  const foreign = readBack?.partitions.reduce((sum, part) => sum + part.foreign, 0) ?? 0;
  return [
    describeRows(actions, destination),
    ...(time === 'original' ? ['each with the time of its event'] : []),
    ...(readBack === null || readBack.dropped === 0 ? [] : [describeDropped(readBack.dropped, destination)]),
    ...(foreign === 0 ? [] : [`beside: ${describeForeign(foreign, destination)}`]),
  ];
}

function partitionTable(partitions: NonNullable<Publication['readBack']>['partitions']): Html {
  return tableOf(
    'What was read back, by partition',
    [
      { title: 'Partition', isNumber: true },
      { title: 'Records', isNumber: true },
      { title: 'Read back', isNumber: true },
      { title: 'Left out', isNumber: true },
      { title: 'Of others', isNumber: true },
      { title: 'SHA-256' },
    ],
    partitions.map(({ partition, rows, published, dropped, foreign, digest }) => [
      ...[partition, rows, published, dropped, foreign],
      markup`<code class="hash">${digest}</code>`,
    ]),
  );
}
