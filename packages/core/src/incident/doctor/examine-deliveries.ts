import type { LogDescription } from '../../model/log/event-log.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import type { DeliveryTopic } from '../../sources/deliveries/delivery-topic.js';
import type { Deliveries } from '../../sources/deliveries/open-deliveries.js';
import type { Originals } from '../../sources/deliveries/read-originals.js';
import { finding, findingOrError, type Remark, type ResourceFinding } from './finding.js';

/** Reads the delivery topics, and says which of their records name an event, and which of these no log holds. */
export async function examineDeliveries(
  deliveries: Deliveries,
  descriptions: readonly LogDescription[],
): Promise<readonly ResourceFinding[]> {
  const findings: ResourceFinding[] = [];
  for (const [index, declaration] of deliveries.topics.entries()) {
    const resource = `deliveries.${index}`;
    findings.push(
      await findingOrError(resource, async () => {
        const { topic } = declaration;
        if (!descriptions.some(({ partitions }) => partitions.some((partition) => partition.topic === topic))) {
          const content = { kind: 'deliveries', topic, records: 0, named: 0 } as const;
          return finding(resource, content, [
            { severity: 'doubt', key: `${resource}.topic`, kind: 'no-such-topic', topic },
          ]);
        }
        return describeDeliveries(resource, declaration, await deliveries.originals(), descriptions);
      }),
    );
  }
  return findings;
}

function describeDeliveries(
  resource: string,
  { topic, of }: DeliveryTopic,
  originals: Originals,
  descriptions: readonly LogDescription[],
): ResourceFinding {
  const unknown = new FirstAndCount();
  const elsewhere = new FirstAndCount();
  const lost = new FirstAndCount();
  let records = 0;
  for (const { at, original } of originals.all()) {
    if (at.topic !== topic) continue;
    records++;
    if (original === null) unknown.note(at);
    else if (original.topic !== of) elsewhere.note(original);
    else if (!isHeld(original, descriptions)) lost.note(original);
  }
  const remarks: Remark[] = [];
  const key = `${resource}.headers`;
  const error = originals.problems.get(topic);
  if (error !== undefined) remarks.push({ severity: 'doubt', key, kind: 'error', error });
  const note = (
    kind: 'deliveries-of-unknown' | 'deliveries-of-other-topic' | 'originals-not-held',
    of: FirstAndCount,
  ) => {
    if (of.first !== null) {
      remarks.push({ severity: 'doubt', key, kind, deliveries: of.count, records, first: of.first });
    }
  };
  note('deliveries-of-unknown', unknown);
  note('deliveries-of-other-topic', elsewhere);
  note('originals-not-held', lost);
  return finding(resource, { kind: 'deliveries', topic, records, named: records - unknown.count }, remarks);
}

class FirstAndCount {
  first: RecordedEventRef | null = null;
  count = 0;

  note(event: RecordedEventRef): void {
    this.first ??= event;
    this.count++;
  }
}

/** As far as the logs know without reading. */
function isHeld({ topic, partition, offset }: RecordedEventRef, descriptions: readonly LogDescription[]): boolean {
  return descriptions.some(({ partitions }) =>
    partitions.some(
      (held) =>
        held.topic === topic &&
        held.partition === partition &&
        held.range.from <= offset &&
        offset < held.range.to &&
        !held.holes.some(({ from, to }) => from <= offset && offset < to),
    ),
  );
}
