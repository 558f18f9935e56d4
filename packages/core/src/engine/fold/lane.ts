import type { EventPath } from '../path/event-path.js';
import type { PoisonPolicy } from '../../model/plan/plan.js';
import type { RunControl } from '../threads/run-control.js';
import type { ForcedQuarantine, LaneNumber } from '../store/run-store.js';
import type { BaselineRouting } from './baseline-routing.js';
import type { FactJudge } from './fact-judge.js';
import type { LaneLedger } from './lane-ledger.js';
import type { LaneObserver } from './lane-observer.js';

/** What runs a lane, however its worker is called. */
export interface Lane {
  /**
   * Runs up to an exclusive end offset by cursor, and commits there.
   * @param atCut `stop` where the first partition is at its end; `hold` goes on without it until all are at theirs,
   *   which is another permissible order where the canonical one does not pass through the cut. Nothing can be run
   *   after that.
   * @throws RecoveryError `gap-during-read` at a gap, the error of the worker for a fault of it, `disk-write-failed`
   *   when the disk refuses
   */
  runUntil(cuts: ArrayLike<number>, atCut?: 'stop' | 'hold'): Promise<LaneStop>;
  /** Commits that the lane has nothing left to do. */
  markDone(): void;
  close(): void;
}

/** `off-path`: the cut is not a position that the canonical order passes through. */
export type LaneStop = 'reached' | 'off-path' | 'interrupted';

/** What every way of running a lane needs. */
export interface LaneOptions {
  readonly lane: LaneNumber;
  readonly path: EventPath;
  readonly ledger: LaneLedger;
  readonly routing: BaselineRouting;
  /** Keys that the replay is limited to; null for all. */
  readonly scope: ReadonlySet<string> | null;
  readonly poison: PoisonPolicy;
  /** The user said that gaps may stay. */
  readonly acceptGaps: boolean;
  readonly forcedQuarantines: readonly ForcedQuarantine[];
  readonly batchEvents: number;
  readonly batchMs: number;
  readonly control: RunControl;
  readonly observer: LaneObserver | null;
  /** Places of the cursors whose events are facts: they set states, and the worker never sees them. Null for none. */
  readonly facts: ReadonlySet<number> | null;
  /** Null where every fact is taken. */
  readonly factJudge: FactJudge | null;
}
