import type { KafkaCluster } from '../cluster/kafka-cluster.js';
import { firstBatch } from '../log/find-holes.js';
import { keptUntil, retentionRuleOf, type RetentionRule } from '../retention/retention-rule.js';

/** What the cluster holds of the topics that are to be saved. */
export interface TopicSurvey {
  readonly clusterId: string;
  readonly topics: readonly SurveyedTopic[];
  readonly partitions: readonly PartitionToSave[];
}

export interface SurveyedTopic {
  readonly name: string;
  readonly id: string;
  readonly partitions: number;
  /** Null where the user may not see them. */
  readonly settings: Readonly<Record<string, string>> | null;
}

export interface PartitionToSave {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  /** Null where the user may not see the topic's settings. */
  readonly rule: RetentionRule | null;
  /** The oldest offset that the broker keeps, and its high watermark. */
  readonly low: number;
  readonly end: number;
  /** Time of the oldest events in milliseconds; null where there are none. */
  readonly oldest: number | null;
  /** When the oldest may be deleted at the earliest; null where nothing deletes them, or nobody may know. */
  readonly keptUntil: { readonly time: number | null; readonly by: string } | null;
  /** Offsets below this one are old enough to be deleted within a day; null where age deletes nothing. */
  readonly dueWithinADay: number | null;
}

const dayMs = 24 * 60 * 60_000;

/**
 * @param now milliseconds since 1970
 * @param before a survey of a moment ago: settings and the ages of events are taken from it, and only what is new is asked
 */
export async function surveyTopics(
  cluster: KafkaCluster,
  names: readonly string[],
  now: number,
  before: TopicSurvey | null = null,
): Promise<TopicSurvey> {
  const { clusterId, topics } = await cluster.describeTopics(names);
  const surveyed: SurveyedTopic[] = [];
  const partitions: PartitionToSave[] = [];
  for (const { name, id, partitions: numbers } of topics) {
    const known = before?.topics.find((topic) => topic.id === id && topic.name === name);
    const settings = known === undefined ? await cluster.topicSettings(name) : known.settings;
    const rule = retentionRuleOf(settings);
    surveyed.push({ name, id, partitions: numbers.length, settings });
    const [low, high] = [
      await cluster.offsets(name, numbers, 'earliest'),
      await cluster.offsets(name, numbers, 'high-watermark'),
    ];
    const each = numbers.map(async (partition): Promise<PartitionToSave> => {
      const from = low.get(partition) ?? 0;
      const end = high.get(partition) ?? 0;
      const place = { topic: name, partition };
      const earlier = before?.partitions.find((one) => one.topicId === id && one.partition === partition);
      if (earlier !== undefined) return { ...earlier, low: from, end };
      const first =
        from < end ? await firstBatch({ cluster, topicId: id, readCommitted: false }, place, { from, to: end }) : null;
      const oldest = first === null || first.maxTimestamp < 0 ? null : first.maxTimestamp;
      const kept = from < end ? keptUntil(rule, oldest) : null;
      const due = kept === null ? null : await dueWithinADay(cluster, place, rule, { from, end }, now);
      return { ...place, topicId: id, rule, low: from, end, oldest, keptUntil: kept, dueWithinADay: due };
    });
    partitions.push(...(await Promise.all(each)));
  }
  return { clusterId, topics: surveyed, partitions };
}

/** What retention takes first comes first; then the oldest; then by topic and partition. */
export function mostEndangeredFirst(partitions: readonly PartitionToSave[]): readonly PartitionToSave[] {
  const dueOf = ({ keptUntil: kept }: PartitionToSave): number => (kept === null ? Infinity : (kept.time ?? -Infinity)); // by size: at any time
  const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...partitions].sort(
    (a, b) =>
      compare(dueOf(a), dueOf(b)) ||
      compare(a.oldest ?? Infinity, b.oldest ?? Infinity) ||
      (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0) ||
      a.partition - b.partition,
  );
}

/** The first event that will still be young enough tomorrow; the end where none will be. */
async function dueWithinADay(
  cluster: KafkaCluster,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  rule: RetentionRule | null,
  { from, end }: { readonly from: number; readonly end: number },
  now: number,
): Promise<number | null> {
  if (rule === null || rule.afterMs === null) return null;
  const young = now + dayMs - rule.afterMs;
  if (young <= 0) return from;
  const found = (await cluster.offsets(topic, [partition], { time: young })).get(partition) ?? -1;
  return found < 0 ? end : Math.max(from, Math.min(found, end));
}
