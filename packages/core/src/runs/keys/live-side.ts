import { comparableState } from '../../evidence/compare/comparable-state.js';
import { eventTimeoutOf } from '../../evidence/inputs/locate-replay.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { rowsOfScope } from '../../evidence/scope/rows-of-scope.js';
import type { Plan } from '../../model/plan/plan.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import { openWorker } from '../../sources/reference-tables/open-worker.js';
import { hashWorker } from '../../worker/describe-worker.js';
import { migrateState } from '../../worker/migrate-state.js';
import type { KeyCounts, KeyStanding } from './key-of-run.js';

/** Why the live value of no key is told. */
export type NoLiveValues =
  /** The run compared no live state, see its report. */
  | 'not-compared-by-run'
  /** The live state is not the one that the run was compared with. */
  | 'live-changed'
  /** The worker was changed since, so that states cannot be brought to one form. */
  | 'worker-changed'
  /** It cannot be read. */
  | 'live-unreadable';

/** The live state of a run, to be held against its keys. */
export interface LiveSide {
  rows(): AsyncIterable<SnapshotRow>;
  /** A live state as JSON text, in the worker's version. */
  textOf(row: SnapshotRow): string;
  standingOf(key: string, rebuilt: string | null, live: string | null): KeyStanding;
  close(): Promise<void>;
}

/**
 * The live state as far as the run was compared with it, or why its values are not told.
 * @param listed whether it is listed first, and so known to be whole before its first row; else its rows may throw `invalid-snapshot`
 */
export async function openLiveSide(
  inputs: RecoveryInputs | null,
  report: RunReport | null,
  plan: Plan,
  listed: boolean,
): Promise<{ readonly side: LiveSide | null; readonly noLive: NoLiveValues | null }> {
  const without = (noLive: NoLiveValues) => ({ side: null, noLive });
  const compared = report?.live ?? null;
  if (inputs === null || inputs.live === null || compared?.compared !== true) return without('not-compared-by-run');
  if (hashWorker(inputs.worker) !== plan.worker.hash) return without('worker-changed');
  const source = inputs.live;
  const described = (listed ? null : await source.readUnlisted?.()) ?? (await source.list()).snapshots[0];
  if (described === undefined) return without('live-unreadable');
  const rows = (): AsyncIterable<SnapshotRow> => ('rows' in described ? described.rows() : source.rows(described.id));
  const instance = await openWorker(inputs.worker, inputs.references, eventTimeoutOf(inputs));
  // Which of the differing keys another order explains is not kept: where some are, none is called wrong.
  const isOpen = (compared.undetermined ?? (compared.reason === null ? 0 : compared.differing)) > 0;
  const isSame = (key: string, rebuilt: string, live: string): boolean =>
    rebuilt === live ||
    comparableState(instance, JSON.parse(rebuilt), key) === comparableState(instance, JSON.parse(live), key);
  const side: LiveSide = {
    rows: () => (plan.scope === undefined ? rows() : rowsOfScope(rows(), plan.scope)),
    textOf: ({ key, state }) => JSON.stringify(migrateState(instance.worker, state, described.stateVersion, key)),
    standingOf: (key, rebuilt, live) => {
      if (rebuilt === null) return 'only-live';
      if (live === null) return 'only-recovered';
      if (isSame(key, rebuilt, live)) return 'same';
      return isOpen ? 'not-determined' : 'differs';
    },
    close: () => instance.close(),
  };
  return { side, noLive: null };
}

/** Whether keys stand to the live state as they did when the run ended: a service goes on writing. */
export function comparedAsReported({ byStanding }: KeyCounts, report: RunReport | null): boolean {
  const live = report?.live;
  if (live?.compared !== true) return true;
  const onlyOneSide = byStanding['only-recovered'] + byStanding['only-live'];
  return (
    byStanding.differs + byStanding['not-determined'] + onlyOneSide === live.differing &&
    byStanding['only-recovered'] === live.onlyRecovered &&
    byStanding['only-live'] === live.onlyLive
  );
}
