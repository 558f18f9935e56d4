import type { CheckCoverage } from '../../evidence/check-coverage/check-coverage.js';
import { beginningOf } from '../../evidence/coverage/boundary-positions.js';
import { coverPartitions, lostOf } from '../../evidence/coverage/cover-partitions.js';
import { segmentsOf } from '../../evidence/coverage/plan-segments.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { jobModule, runJob } from '../../evidence/inputs/run-job.js';
import type { ControlTotal } from '../../evidence/totals/control-total.js';
import type { ReplaySpec } from '../../engine/spec/replay-spec.js';
import type { ForcedQuarantine, LaneNumber } from '../../engine/store/run-store.js';
import { errorCatalogue } from '../../model/errors/error-catalogue.js';
import { partitionKey } from '../../model/log/partition-id.js';
import type { Plan } from '../../model/plan/plan.js';
import { positionFromJson } from '../../model/position/position.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { VerificationRoute } from './derive-again.js';
import type { DerivationDigest } from './derivation-digest.js';
import verifyJob from './verify-job.js';

/** What is derived again. */
interface DeriveRequest {
  readonly plan: Plan;
  readonly spec: ReplaySpec;
  /** Events that the run parked because the worker did not come back from them. */
  readonly forced: readonly ForcedQuarantine[];
  readonly covered: CheckCoverage | null;
  /** Control totals of the run's end. */
  readonly totals: readonly ControlTotal[];
  /** The lanes of one task of a fleet; all where absent. */
  readonly lanes?: readonly LaneNumber[];
  /** A file with the ordered events of one task of keys, in the place of the logs. */
  readonly orderedEvents?: string;
}

/** Derives a run, or the lanes of one task, again by the plain implementation. */
export function deriveRun(
  prepared: PreparedInputs,
  { plan, spec, forced, covered, totals, lanes, orderedEvents }: DeriveRequest,
  work: LongWork,
): Promise<DerivationDigest> {
  const route: VerificationRoute = {
    plan,
    descriptions: prepared.survey.logs.map(({ description }) => description),
    approach: approachOf(prepared, plan),
    forced: forced.map(({ partition, offset }) => ({
      ...partition,
      offset,
      code: errorCatalogue['worker-timeout'].number,
    })),
    totals,
    coverage: covered === null ? null : { covered, reviewed: prepared.situation.reviewed ?? [] },
    ...(lanes !== undefined && { lanes }),
    ...(orderedEvents !== undefined && { orderedEvents }),
  };
  return runJob(
    prepared,
    {
      module: jobModule(import.meta.url, '#verify-job'),
      job: verifyJob,
      request: () => route,
      sources: { snapshots: prepared.situation.snapshots },
      recordBlocks: covered?.code != null,
      spec: { ...spec, poison: 'stop' },
      phase: 'verify',
      total: offsetsOf(route),
    },
    work,
  );
}

/** The way from the beginning of the log to the baseline, where the logs still hold it. */
export function approachOf({ survey }: PreparedInputs, plan: Plan): VerificationRoute['approach'] {
  if (plan.baseline.every((part) => part.source.kind === 'genesis') || plan.baseline.length > 1) return null;
  // Where nothing proves it, the service may have come to it in another permissible order, or stood somewhere else.
  if (plan.baseline.some(({ basis }) => basis === 'unproven')) return null;
  const baseline = positionFromJson(plan.baseline[0]?.position ?? []);
  const cover = coverPartitions(survey, beginningOf(survey), baseline);
  return lostOf(cover).length > 0 ? null : segmentsOf(cover, survey, 'exact');
}

function offsetsOf({ plan, approach }: VerificationRoute): number {
  const known = new Set(plan.segments.map(partitionKey));
  return [...plan.segments, ...(approach ?? [])]
    .filter((segment) => known.has(partitionKey(segment)))
    .reduce((sum, segment) => sum + Number(segment.to) - Number(segment.from), 0);
}
