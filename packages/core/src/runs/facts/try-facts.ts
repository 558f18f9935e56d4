import { openLane } from '../../engine/replay/open-lane.js';
import type { ReplayInputs } from '../../engine/replay/replay-inputs.js';
import { lanesOf } from '../../engine/spec/replay-spec.js';
import type { FactJudge } from '../../engine/fold/fact-judge.js';
import { createMemoryRunStore } from '../../engine/store/memory-run-store.js';
import type { RunControl } from '../../engine/threads/run-control.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { createMemoryLog } from '../../sources/log/memory-log.js';
import { baselineOfPlan } from '../executor/baseline-of-plan.js';
import { compareFact, isFit } from './compare-fact.js';
import {
  factTopic,
  type FactTrial,
  type FactTrialOutcome,
  type FactVerdict,
  type OfferedSource,
} from './fact-trial.js';

/** Differing facts whose rebuilt states are told. */
const toldDifferences = 1000;

/** Replays with facts offered, each when its turn comes: it is held against the state, or takes its place where something is lost. */
export async function tryFacts(
  { spec, baseline, forced, tuning, sources }: FactTrial,
  { logs, instance, recorded }: ReplayInputs,
  snapshots: SnapshotSource | null,
  control: RunControl,
): Promise<FactTrialOutcome> {
  const store = createMemoryRunStore({ comparesOnly: true });
  await store.writeBaseline(baselineOfPlan({ baseline }, snapshots, instance.worker));
  for (const endless of forced) store.forceQuarantine(endless);
  const verdicts = sources.map(({ facts }) => facts.map((): FactVerdict => 'unread'));
  const rebuilt: { source: number; place: number; state: string | null }[] = [];
  const numbers = new Map(sources.map(({ source }, number) => [source, number]));
  const judge = (number: number, place: number, key: string, state: unknown, isReached: boolean): FactVerdict => {
    const offered = sources[number]?.facts[place];
    if (offered === undefined) return 'unread';
    if (offered.isInside || isReached) return isFit(state, offered.fact) ? 'set' : 'unfit';
    const compared = compareFact(instance, key, state, offered.fact);
    if (compared.stated === compared.rebuilt) return 'agrees';
    if (rebuilt.length < toldDifferences) rebuilt.push({ source: number, place, state: compared.rebuilt });
    return 'differs';
  };
  const factJudge: FactJudge = {
    isTaken({ source }, offset, key, state, isReached) {
      const number = numbers.get(source) ?? -1;
      const verdict = judge(number, offset, key, state, isReached);
      const ofSource = verdicts[number];
      if (ofSource !== undefined) ofSource[offset] = verdict;
      return verdict === 'set';
    },
  };
  const all = [...logs, ...sources.map(logOf)];
  const replay = { spec, logs: all, recorded, instance, store, tuning, control, factJudge };
  for (const { lane } of lanesOf(spec)) {
    const { runner, targets } = openLane(replay, lane);
    try {
      // Where the target is no position on the path, the facts behind where the path leaves it are not read.
      if ((await runner.runUntil(targets)) === 'interrupted') break;
    } finally {
      runner.close();
    }
  }
  return { verdicts, rebuilt };
}

function logOf({ source, partition, facts }: OfferedSource) {
  return createMemoryLog({
    source,
    topic: factTopic,
    partitions: [{ partition, range: { from: 0, to: facts.length } }],
    events: facts.map(({ key, time, fact }, offset) => ({ partition, offset, time, key, value: fact })),
  });
}
