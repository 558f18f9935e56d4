import { chooseCanonical } from '../interleaving/choose-next.js';
import { openInterleaved, type InterleavedReplay, type ReplayListener } from '../interleaving/interleaved-replay.js';
import { statesAtStart } from '../interleaving/states-at-start.js';
import type { ExplanationRequest } from './explanation-request.js';

/** Replays from the start with a listener of its own. */
export async function replayToExplain<Result>(
  request: ExplanationRequest,
  listen: (states: ReadonlyMap<string, unknown>) => ReplayListener,
  work: (replay: InterleavedReplay, states: ReadonlyMap<string, unknown>) => Promise<Result>,
): Promise<Result> {
  const { spec, inputs, forced, start, control } = request;
  const states = await statesAtStart(start, inputs.instance.worker);
  const replay = await openInterleaved({
    spec,
    inputs,
    forced,
    states,
    choose: chooseCanonical,
    listener: listen(states),
    control,
  });
  try {
    return await work(replay, states);
  } finally {
    replay.close();
  }
}
