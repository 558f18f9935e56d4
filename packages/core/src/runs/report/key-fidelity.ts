import {
  fidelityOf,
  fidelityUnder,
  isEstimate,
  isLoss,
  lossOfAnyKey,
  worstOf,
  type Cause,
  type CoverageMark,
  type Fidelity,
  type WorkerStanding,
} from '../../model/provenance/provenance.js';
import type { FidelitySummary } from '../../model/strategy/run-report.js';
import { lanesOf, type ReplaySpec } from '../../engine/spec/replay-spec.js';
import { noMarks, type CoverageMarks } from './coverage-marks.js';
import { baselineLane, type LaneNumber, type RunStore } from '../../engine/store/run-store.js';

/** Looks up which causes a stored value has, the ones of its whole lane included. */
export interface CauseLookup {
  causes(lane: LaneNumber, provenance: number): readonly Cause[];
}

export function causeLookup(spec: ReplaySpec, store: RunStore): CauseLookup {
  const lanes = new Map(
    lanesOf(spec).map(({ lane }) => {
      const laneStore = store.lane(lane);
      const sets = laneStore.provenance();
      const { floor = -1, floors = [floor] } = laneStore.head ?? {};
      return [lane, { sets, floors: floors.map((id) => sets[id] ?? []) }];
    }),
  );
  // A baseline row that no event named may still miss events: nobody knows which keys a hole would have named.
  const anyFloor = [...lanes.values()].flatMap(({ floors }) => floors.flat());
  return {
    causes: (lane, provenance) => {
      if (lane === baselineLane) {
        const part = spec.parts[provenance];
        return part === undefined ? anyFloor : [part.cause, ...anyFloor];
      }
      const known = lanes.get(lane);
      const own = known?.sets[provenance] ?? [];
      return distinct([...own, ...lossOfAnyKey(own, known?.floors ?? [])]);
    },
  };
}

/** A key that was written behind a hole carries it, and its lane does. */
function distinct(causes: readonly Cause[]): readonly Cause[] {
  return [...new Map(causes.map((cause) => [JSON.stringify(cause), cause])).values()];
}

/** @param marks keys that depend on what no check covered; none by default */
export function summariseFidelity(
  spec: ReplaySpec,
  store: RunStore,
  worker: WorkerStanding,
  marks: CoverageMarks = noMarks,
): FidelitySummary {
  const lookup = causeLookup(spec, store);
  const keys: Partial<Record<Fidelity, number>> = {};
  let marked = 0;
  let estimated = 0;
  for (const group of store.provenanceGroups()) {
    const causes = lookup.causes(group.lane, group.provenance);
    const fidelity = fidelityOf(causes, worker);
    keys[fidelity] = (keys[fidelity] ?? 0) + group.keys;
    if (causes.some(isLoss)) marked += group.keys;
    if (causes.some(isEstimate)) estimated += group.keys;
  }
  const move = (key: string, mark: CoverageMark): void => {
    const stored = store.state(key);
    if (typeof stored?.text !== 'string') return;
    const before = fidelityOf(lookup.causes(stored.lane, stored.provenance), worker);
    const after = fidelityUnder(mark, before);
    if (after === before) return;
    keys[after] = (keys[after] ?? 0) + 1;
    const left = (keys[before] ?? 0) - 1;
    if (left > 0) keys[before] = left;
    else Reflect.deleteProperty(keys, before);
  };
  for (const key of marks.unproven) move(key, 'unreviewed');
  for (const key of marks.declared) move(key, 'reviewed');
  const direct = new Set<string>();
  for (const { keys: named } of store.quarantined()) for (const key of named ?? []) direct.add(key);
  const directWithState = [...direct].filter((key) => typeof store.state(key)?.text === 'string').length;
  const summed = Object.keys(keys) as Fidelity[];
  return {
    overall: summed.length > 0 ? worstOf(summed) : worker.checked ? 'exact' : 'unproven',
    keys,
    ...(estimated > 0 && { estimatedKeys: estimated }),
    directKeys: direct.size,
    carriedKeys: Math.max(0, marked - directWithState),
  };
}
