import type { OutboxSeal, PublicationReport } from '@eventmend/core/engine';
import type { ReportJson } from '../../documents/report-document.js';
import { describeLeftAlone, describeWarning } from '../../render/describe-publication.js';
import type { Mask } from '../mask/mask.js';
import { shownText } from './shown-json.js';

type PublicationJson = NonNullable<ReportJson['publications']>[number];

/** What was published of a run, as the folder of the run has it; undefined where nothing was. */
export function publicationsOfStore(
  readBack: readonly PublicationReport[],
  unfinished: readonly OutboxSeal[],
  mask: Mask,
): ReportJson['publications'] {
  const all = [
    ...readBack.map((report) => publicationToJson(report, report, mask)),
    ...unfinished.map((seal) => publicationToJson(seal, null, mask)),
  ].sort((a, b) => a.sealedAt - b.sealedAt || (a.base < b.base ? -1 : 1));
  return all.length === 0 ? undefined : all;
}

function publicationToJson(
  seal: Omit<OutboxSeal, 'partitions' | 'chain'>,
  report: PublicationReport | null,
  mask: Mask,
): PublicationJson {
  const { mode, destination = 'topic', topic, clusterId, base, rows, actions, chosen, partitioner } = seal;
  return {
    ...{ mode, destination, name: shownText(topic), base, rows, actions, partitioner },
    // Of a table it is where the database is, which may be a folder of this machine.
    clusterId: destination === 'table' ? null : clusterId,
    sealedAt: seal.sealedAt,
    time: seal.time,
    chosen:
      chosen === null
        ? null
        : { keys: mask.keys(chosen.keys.slice(0, 20)).map((key) => shownText(key)), rows: chosen.rows },
    leftAlone: describeLeftAlone(seal.leftAlone),
    warnings: seal.warnings.map((warning) =>
      shownText(
        describeWarning(
          warning.kind === 'partitioner-deviates' ? { ...warning, first: mask.keys(warning.first) } : warning,
        ),
      ),
    ),
    readBack:
      report === null
        ? null
        : {
            ...{ complete: report.complete, published: report.published, dropped: report.dropped },
            partitions: report.partitions.map((part) => ({ ...part })),
          },
  };
}
