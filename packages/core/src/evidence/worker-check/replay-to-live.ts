import { firstDifference } from '../../model/json/first-difference.js';
import type { ReplayInputs } from '../../engine/replay/replay-inputs.js';
import type { RunControl } from '../../engine/threads/run-control.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import { proveSnapshots, type CutFinding, type Proof } from '../proof/prove-snapshots.js';
import type { ComparedState } from '../compare/compare-states.js';
import { shownValue } from './field-tally.js';

/** Names the live state among the cuts of a proof; no snapshot has such an id. */
export const liveCut = '(live)';

/** A key whose derived state is not the live one, at the first field that differs. */
export interface KeyUnlikeLive {
  readonly key: string;
  /** False where another permissible order may explain it. */
  readonly determined: boolean;
  readonly path: string;
  readonly derived: string;
  readonly live: string;
}

export interface LiveReplay {
  /** Null where the replay was interrupted. */
  readonly cut: CutFinding | null;
  readonly unlike: readonly KeyUnlikeLive[];
}

/** Replays one version of the worker up to the live position, and lists the keys whose live state is another one. */
export async function replayToLive(
  proof: Proof,
  inputs: ReplayInputs,
  rowsOf: (id: string) => AsyncIterable<SnapshotRow>,
  control: RunControl,
): Promise<LiveReplay> {
  const unlike: KeyUnlikeLive[] = [];
  const [cut] = await proveSnapshots(proof, inputs, rowsOf, control, {
    visit: (_, compared) => {
      if (compared.derived !== compared.recorded) unlike.push(keyUnlikeLive(compared));
    },
  });
  return { cut: cut ?? null, unlike };
}

function keyUnlikeLive({ key, derived, recorded, determined }: ComparedState): KeyUnlikeLive {
  const ours: unknown = derived === null ? undefined : JSON.parse(derived);
  const theirs: unknown = recorded === null ? undefined : JSON.parse(recorded);
  const found = derived === null || recorded === null ? null : firstDifference(ours, theirs);
  const { path, left, right } = found ?? { path: '$', left: ours, right: theirs };
  return { key, determined, path, derived: shownValue(left), live: shownValue(right) };
}
