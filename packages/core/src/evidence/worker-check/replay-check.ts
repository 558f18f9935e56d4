import { firstDifference } from '../../model/json/first-difference.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { ReplayInputs } from '../../engine/replay/replay-inputs.js';
import type { RunControl } from '../../engine/threads/run-control.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import type { CheckCoverage } from '../check-coverage/check-coverage.js';
import { CoverageObserver, eventTypeNamer } from '../check-coverage/coverage-observer.js';
import { typesBehind } from '../check-coverage/types-behind.js';
import { proveSnapshots, type CutFinding, type Proof } from '../proof/prove-snapshots.js';
import type { ComparedState } from '../compare/compare-states.js';
import { OutputValues } from '../compare/output-values.js';
import { observeBoth } from '../order/connect-while-replaying.js';
import type { CheckDifference, OutputAgreement, UncoveredType } from './check-report.js';
import { OutputComparison, type OutputStretch } from './compare-outputs.js';
import { FieldTally, isCandidate, shownValue, type FieldFinding } from './field-tally.js';
import { KeyEventSpans, type KeyEvents } from './key-events.js';
import { openSpooledOutputs } from './spooled-outputs.js';

/** What a check replays and compares, as plain data. */
export interface CheckTask {
  readonly proof: Proof;
  /** Exclusive end of the stretch, by partition of the spec. */
  readonly until: readonly number[];
  /** File of the recorded outputs, see `spoolRecordedOutputs`; null where none were recorded. */
  readonly outputs: { readonly file: string; readonly stretch: OutputStretch } | null;
  /** Exclusive end of what a recovery may replay behind the stretch, by partition of the spec. */
  readonly beyond: readonly number[];
}

/** What the replay found, before anything is concluded. */
export interface CheckFindings {
  readonly cuts: readonly CutFinding[];
  readonly outputs: readonly OutputAgreement[];
  readonly firstOutput: CheckDifference | null;
  readonly firstState: CheckDifference | null;
  readonly fields: readonly FieldFinding[];
  readonly wouldAgree: number;
  /** Null where the replay was interrupted. */
  readonly end: { readonly applied: number; readonly quarantined: number } | null;
  /** What was exercised on the whole stretch, and by events of it whose outputs were compared. */
  readonly covered: CheckCoverage;
  readonly coveredByOutputs: CheckCoverage;
  /** Events by type, on the stretch and behind it; null where there are too many to be types. */
  readonly types: readonly UncoveredType[] | null;
  /** Fields that `normalise` drops. */
  readonly dropped: readonly string[];
}

/** Replays the worker over a stretch, and holds states and outputs against what the service recorded there. */
export async function replayCheck(
  { proof, until, outputs, beyond }: CheckTask,
  inputs: ReplayInputs,
  rowsOf: (id: string) => AsyncIterable<SnapshotRow>,
  control: RunControl,
): Promise<CheckFindings> {
  const fields = new FieldTally();
  const values = new OutputValues(inputs.instance.worker.outputs);
  const spans = new KeyEventSpans();
  const spooled = outputs === null ? null : openSpooledOutputs(outputs.file);
  const typeOf = eventTypeNamer(inputs.instance.worker, proof.spec.partitions);
  const coverage = new CoverageObserver(typeOf, inputs.blocks ?? null);
  const comparison =
    outputs === null || spooled === null
      ? null
      : new OutputComparison(spooled, outputs.stretch, values, fields, (...event) => coverage.lookedAt(...event));
  const firstState = new FirstWrongState();
  const dropped = new Set<string>();
  let end: CheckFindings['end'] = null;
  let agreement: ReturnType<OutputComparison['finish']> = { outputs: [], first: null };
  try {
    const cuts = await proveSnapshots(proof, inputs, rowsOf, control, {
      observer: observeBoth(spans, comparison) ?? spans,
      coverage,
      dropped,
      until,
      visit: (cut, compared, stop) => {
        tally(fields, compared);
        firstState.look(cut.id, compared, stop === 'reached' ? spans.of(compared.key) : null);
      },
      passed: (_, stop) => {
        firstState.passSnapshot();
        if (stop === 'reached') spans.passComparison();
      },
      ended: ({ isDetermined, applied, quarantined }) => {
        end = { applied, quarantined };
        if (comparison !== null) agreement = comparison.finish(isDetermined, endsOf(proof, until));
      },
    });
    const findings = fields.findings();
    const covered = coverage.covered();
    const behind = proof.spec.partitions.map(({ id, ranges }, place) => ({
      id,
      ranges,
      from: until[place] ?? 0,
      to: beyond[place] ?? 0,
    }));
    const types =
      covered.types === null ? null : await typesBehind(behind, inputs, typeOf, coverage.typesBesides([]), control);
    return {
      cuts,
      outputs: agreement.outputs,
      firstOutput: agreement.first,
      firstState: firstState.found,
      fields: findings,
      wouldAgree: fields.explainedBy(findings.filter(isCandidate)),
      end,
      covered,
      coveredByOutputs: coverage.coveredByOutputs(),
      types,
      dropped: [...dropped].sort(),
    };
  } finally {
    spooled?.close();
  }
}

function endsOf({ spec }: Proof, until: readonly number[]): readonly (PartitionId & { readonly next: number })[] {
  return spec.partitions.map(({ id }, place) => ({ ...id, next: until[place] ?? 0 }));
}

function tally(fields: FieldTally, { key, derived, recorded }: ComparedState): void {
  if (derived === recorded) fields.addEqual('state');
  else if (derived !== null && recorded !== null) fields.add('state', key, JSON.parse(derived), JSON.parse(recorded));
}

/**
 * Of the first snapshot with a state that is wrong whatever the order, the key with the fewest events since the snapshot
 * before: the fewer they are, the closer it leads to the event that made the difference.
 */
class FirstWrongState {
  found: CheckDifference | null = null;
  #events = Infinity;
  #settled = false;

  look(snapshot: string, compared: ComparedState, events: KeyEvents | null): void {
    if (this.#settled || !compared.determined || compared.derived === compared.recorded) return;
    const count = events?.count ?? Number.MAX_SAFE_INTEGER;
    if (count >= this.#events) return;
    this.#events = count;
    this.found = { seen: { in: 'snapshot', snapshot, events }, key: compared.key, ...sidesOf(compared) };
  }

  passSnapshot(): void {
    this.#settled = this.found !== null;
  }
}

function sidesOf({ derived, recorded }: ComparedState): Pick<CheckDifference, 'path' | 'expected' | 'recorded'> {
  const [ours, theirs] = [derived, recorded].map((text) => (text === null ? undefined : (JSON.parse(text) as unknown)));
  const difference = derived === null || recorded === null ? null : firstDifference(ours, theirs);
  const { path, left, right } = difference ?? { path: '$', left: ours, right: theirs };
  return { path, expected: shownValue(left), recorded: shownValue(right) };
}
