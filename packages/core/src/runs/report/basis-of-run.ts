import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import { baselineLane, type LaneNumber, type RunStore, type StoredState } from '../../engine/store/run-store.js';
import { fidelityOf, fidelityUnder, type Cause, type Fidelity } from '../../model/provenance/provenance.js';
import { isCoverageKnown, isVerified } from '../../model/strategy/verification.js';
import { readVerification } from '../sqlite/read-run-report.js';
import { readRunPlan, type RunFiles } from '../sqlite/run-folder.js';
import { marksByKey, readCoverageMarks } from './coverage-marks.js';
import { causeLookup } from './key-fidelity.js';
import { summariseRun } from './summarise-run.js';

/** What a value of a run rests on, and how good that makes it. */
interface Basis {
  readonly fidelity: Fidelity;
  /** The same array for all values of one provenance. */
  readonly causes: readonly Cause[];
}

/** How good the values of a run are. */
export interface BasisOfRun {
  of(stored: { readonly key: string } & Pick<StoredState, 'lane' | 'provenance'>): Basis;
  /** How good it is that a key has no state. */
  absence(key: string): Fidelity;
}

/** Derives fidelity and causes once for each provenance, which many keys share; what the verification marked comes on top. */
export function basisOfRun(files: RunFiles, store: RunStore): BasisOfRun {
  const plan = readRunPlan(files);
  const verification = readVerification(files);
  const isKnown = verification !== null && isVerified(verification) && isCoverageKnown(verification);
  const spec = specOfPlan(plan, []);
  const checked = plan.workerCheck.checked && isKnown && summariseRun(spec, store).order.unconfirmed === 0;
  const lookup = causeLookup(spec, store);
  const markOf = marksByKey(readCoverageMarks(files.uncovered));
  const known = new Map<LaneNumber, Map<number, Basis>>();
  const unmarked = (lane: LaneNumber, provenance: number): Basis => {
    let ofLane = known.get(lane);
    if (ofLane === undefined) known.set(lane, (ofLane = new Map<number, Basis>()));
    let basis = ofLane.get(provenance);
    if (basis === undefined) {
      const causes = lookup.causes(lane, provenance);
      ofLane.set(provenance, (basis = { fidelity: fidelityOf(causes, { checked }), causes }));
    }
    return basis;
  };
  const part = Math.max(
    0,
    plan.baseline.findIndex(({ scope }) => scope.kind === 'all'),
  );
  const of: BasisOfRun['of'] = ({ key, lane, provenance }) => {
    const basis = unmarked(lane, provenance);
    const fidelity = fidelityUnder(markOf(key), basis.fidelity);
    return fidelity === basis.fidelity ? basis : { fidelity, causes: basis.causes };
  };
  return {
    of,
    absence: (key) => {
      const { lane, provenance } = store.state(key) ?? { lane: baselineLane, provenance: part };
      return of({ key, lane, provenance }).fidelity;
    },
  };
}
