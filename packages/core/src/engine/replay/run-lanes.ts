import { RecoveryError } from '../../model/errors/recovery-error.js';
import { openLane, type OpenReplay } from './open-lane.js';
import type { LaneNumber } from '../store/run-store.js';

export type LanesOutcome = 'reached' | 'interrupted';

/**
 * Runs lanes one after the other, each from where it was committed last to the target.
 * @throws RecoveryError `stale-plan` when the target is not on the path of a lane any more
 */
export async function runLanes(replay: OpenReplay, lanes: readonly LaneNumber[]): Promise<LanesOutcome> {
  // Stand-ins may be later than the target, whose event they are in front of: they come last then.
  const endsTogether = replay.spec.partitions.every(({ standIns }) => standIns !== true);
  for (const lane of lanes) {
    const { runner, targets, done } = openLane(replay, lane);
    if (done) continue;
    try {
      const stop = await runner.runUntil(targets, endsTogether ? 'stop' : 'hold');
      if (stop === 'interrupted') return 'interrupted';
      if (stop === 'off-path') {
        throw new RecoveryError(
          'stale-plan',
          'the target of the plan is not a position that the replay passes through',
          { hint: 'plan again: the log or the order changed since the plan was made' },
        );
      }
      runner.markDone();
    } finally {
      runner.close();
    }
  }
  return 'reached';
}
