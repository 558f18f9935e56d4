import type { LongWork, Plan } from '@eventmend/core';
import { openArchive } from '@eventmend/core/archive';
import {
  endsOf,
  factTopic,
  findFacts,
  segmentsBeside,
  writeStandIns,
  type FactStretch,
  type PlanFacts,
  type PlanSegment,
  type PreparedInputs,
} from '@eventmend/core/engine';

/** What a plan takes of what other systems say of states. */
export interface PlannedFacts {
  readonly facts: readonly PlanFacts[];
  readonly segments: readonly PlanSegment[];
  readonly logs: Plan['logs'];
  readonly ends: Plan['logEnd'];
}

/** The recovery that facts are for, without them. */
export interface PlanWithoutFacts extends Pick<Plan, 'baseline' | 'segments' | 'target' | 'logEnd'> {
  /** Of stand-ins and estimates: behind those of the incident. */
  readonly ownLogs: Plan['logs'];
  /** When the state that it begins at was taken, in milliseconds; -Infinity at the beginning of the log, null where nobody knows. */
  readonly fromTime: number | null;
  readonly toTime: number | null;
  readonly beginsWithinLoss: boolean;
  readonly known: FactStretch | null;
  readonly from: FactStretch['range']['from'];
  readonly to: FactStretch['range']['to'];
  readonly slack: number;
}

/** Finds the facts that are set, and writes them into the store; null where nobody says anything of states. */
export async function planFacts(
  prepared: PreparedInputs,
  { ownLogs, from, to, fromTime, toTime, beginsWithinLoss, slack, known, ...plan }: PlanWithoutFacts,
  work: LongWork,
): Promise<PlannedFacts | null> {
  const { situation, survey } = prepared;
  if ((situation.facts ?? []).length === 0) return null;
  const opened = ownLogs.map(({ location }) => openArchive(location));
  try {
    const logs = [
      ...survey.logs,
      ...opened.map((log) => ({ log, as: 'external' as const, description: log.describe() })),
    ];
    const found = await findFacts(
      {
        prepared: { ...prepared, survey: { ...survey, logs } },
        plan,
        range: { from, to, fromTime, toTime, beginsWithinLoss },
        slack,
        known,
      },
      work,
    );
    const planned: {
      facts: PlanFacts[];
      segments: PlanSegment[];
      logs: Plan['logs'][number][];
      ends: Plan['logEnd'][number][];
    } = {
      facts: [],
      segments: [],
      logs: [],
      ends: [],
    };
    for (const [place, { facts, ...of }] of found.perSource.entries()) {
      if (facts.length === 0) {
        planned.facts.push(of);
        continue;
      }
      const events = facts.map(({ key, time, fact }) => ({
        topic: factTopic,
        key,
        headers: null,
        value: JSON.stringify(fact),
        time,
      }));
      const written = await writeStandIns(situation.store, `facts:${of.records}`, events, survey, place);
      const log = logs.length + planned.logs.length;
      const { kind, location, fingerprint, partitions } = written;
      planned.facts.push({ ...of, log });
      planned.logs.push({ kind, location, fingerprint });
      planned.segments.push(...segmentsBeside(partitions, log, 'fact'));
      planned.ends.push(...endsOf(partitions));
    }
    return planned;
  } finally {
    for (const log of opened) log.close();
  }
}
