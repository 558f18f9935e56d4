import {
  adoptReplayInputs,
  localControl,
  type EventLog,
  type LongWork,
  type RecordedRanks,
  type ReplayInputs,
  type RunControl,
} from '@eventmend/core';
import type { ReplaySituation } from '../replay-situation.js';
import { eventTimeoutOf } from './locate-replay.js';

/** What a replay reads, open in this thread. */
export interface ReplayedHere {
  readonly situation: ReplaySituation;
  readonly logs: readonly EventLog[];
  readonly recorded: RecordedRanks | null;
}

/**
 * Replays in this thread, where something lives in its memory only, so that no other thread could open it. Whoever calls
 * it has no one to end an event that does not come back.
 */
export async function replayHere<Result>(
  { situation, logs, recorded }: ReplayedHere,
  tell: (handled: number, quarantined: number) => void,
  { signal }: LongWork,
  replay: (inputs: ReplayInputs, control: RunControl) => Promise<Result>,
): Promise<Result> {
  const { worker, references } = situation;
  const inputs = await adoptReplayInputs(logs, worker, references, recorded, eventTimeoutOf(situation));
  const control = localControl({
    onProgress: ({ handled, quarantined }) => {
      tell(handled, quarantined);
    },
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    return await replay(inputs, control);
  } finally {
    await inputs.close();
  }
}
