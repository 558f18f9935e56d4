import { openReplayInputs, type RunControl } from '@eventmend/core';
import { openLocatedSnapshots } from '../threads/open-located-snapshots.js';
import { liveCut, replayToLive, type LiveReplay, type LiveReplayData } from './replay-to-live.js';

/** Replays one version of the worker to the live position, in a thread of its own. */
export default async function liveReplayJob(data: LiveReplayData, control: RunControl): Promise<LiveReplay> {
  const inputs = await openReplayInputs(data.locators);
  try {
    const snapshots = await openLocatedSnapshots(data.snapshots);
    const live = await openLocatedSnapshots(data.live);
    const rowsOf = (id: string) => (id === liveCut ? live(data.liveId) : snapshots(id));
    return await replayToLive(data.proof, inputs, rowsOf, control);
  } finally {
    await inputs.close();
  }
}
