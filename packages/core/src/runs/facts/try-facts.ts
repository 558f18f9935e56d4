import type { ReplayInputs } from '../../engine/replay/replay-inputs.js';
import type { FactJudge } from '../../engine/fold/fact-judge.js';
import type { RunControl } from '../../engine/threads/run-control.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { createMemoryLog } from '../../sources/log/memory-log.js';
import { replayTrial, type TrialReplay } from '../trial/replay-trial.js';
import { compareFact, isFit } from './compare-fact.js';
import {
  factTopic,
  type FactTrialOutcome,
  type FactVerdict,
  type OfferedFacts,
  type OfferedSource,
} from './fact-trial.js';

/** Differing facts whose rebuilt states are told. */
const toldDifferences = 1000;

/** Replays with facts offered, each when its turn comes: it is held against the state, or takes its place where something is lost. */
export async function tryFacts(
  { sources, ...trial }: TrialReplay & OfferedFacts,
  inputs: ReplayInputs,
  snapshots: SnapshotSource | null,
  control: RunControl,
): Promise<FactTrialOutcome> {
  const verdicts = sources.map(({ facts }) => facts.map((): FactVerdict => 'unread'));
  const rebuilt: { source: number; place: number; state: string | null }[] = [];
  const numbers = new Map(sources.map(({ source }, number) => [source, number]));
  const judge = (number: number, place: number, key: string, state: unknown, isReached: boolean): FactVerdict => {
    const offered = sources[number]?.facts[place];
    if (offered === undefined) return 'unread';
    if (offered.isInside || isReached) return isFit(state, offered.fact) ? 'set' : 'unfit';
    const compared = compareFact(inputs.instance, key, state, offered.fact);
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
  const offered = { ...inputs, logs: [...inputs.logs, ...sources.map(logOf)] };
  // Where the target is no position on the path, the facts behind where the path leaves it are not read.
  await replayTrial(trial, offered, snapshots, control, { factJudge, atTarget: 'stop' });
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
