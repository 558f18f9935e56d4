import type { WorkerBasis } from '../../worker/worker-instance.js';
import type { Gap } from '../accounts/partition-ledger.js';
import { gapError } from './gap-error.js';
import { quarantineDamaged } from './quarantine-event.js';
import type { LaneOptions, LaneStop } from './lane.js';

/** When a lane commits, what it does about gaps, and how it ends at a cut: the same however its worker is called. */
export class LaneCommits {
  /** Events since the last commit. */
  pending = 0;
  readonly #options: LaneOptions;
  readonly #worker: WorkerBasis;
  readonly #negativeZerosBefore: number;
  #started = performance.now();

  constructor(options: LaneOptions, worker: WorkerBasis) {
    this.#options = options;
    this.#worker = worker;
    this.#negativeZerosBefore = worker.negativeZeros;
  }

  get due(): boolean {
    const { batchEvents, batchMs, control, ledger } = this.#options;
    if (this.pending >= batchEvents || ledger.cache.mustCommit || control.stopRequested) return true;
    return this.pending > 0 && performance.now() - this.#started > batchMs;
  }

  commit(done: boolean): void {
    const { control, ledger } = this.#options;
    control.idle();
    ledger.commit(this.#worker.negativeZeros - this.#negativeZerosBefore, done);
    control.progress(this.pending, ledger.quarantinedCount);
    this.pending = 0;
    this.#started = performance.now();
  }

  /** @throws RecoveryError `gap-during-read` where gaps may not stay, `damaged-records` where no event may be parked */
  cross(gaps: readonly Gap[]): void {
    const { acceptGaps, ledger } = this.#options;
    for (const gap of gaps) {
      if (gap.reason === 'damaged') {
        quarantineDamaged(this.#options, gap);
        continue;
      }
      if (!acceptGaps) throw gapError(gap);
      ledger.markHole(gap);
    }
  }

  /** Books what lies between the last events and the cut, and commits there. */
  finish(cuts: ArrayLike<number>): LaneStop {
    const { path, ledger } = this.#options;
    const behind = path.cursors.some(
      (cursor) =>
        cursor.index < cursor.count && (cursor.offsets[cursor.index] as number) < (cuts[cursor.place] as number),
    );
    if (!behind) {
      ledger.ledgers.forEach((account, place) => {
        const cut = cuts[place] as number;
        if (account.next < cut) this.cross(account.passOverTo(cut));
      });
    }
    this.commit(false);
    return behind ? 'off-path' : 'reached';
  }
}
