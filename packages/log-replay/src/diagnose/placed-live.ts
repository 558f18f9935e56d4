import { RecoveryError, type Position } from '@eventmend/core';
import { placeOnLog, type PreparedInputs } from '@eventmend/core/engine';
import type { MissingEvidence } from './missing-evidence.js';

/**
 * A live state that was named and cannot be read is no live state that agrees.
 * @throws RecoveryError `invalid-snapshot`
 */
export async function requireReadableLiveState({ live }: PreparedInputs['situation']): Promise<void> {
  if (live === null) return;
  const { snapshots, damaged } = await live.list();
  const [first] = damaged;
  if (snapshots.length > 0 || first === undefined) return;
  throw new RecoveryError('invalid-snapshot', `the live state ${first.location} cannot be read: ${first.reason}`, {
    hint: 'mend its file or its mapping, or leave live.state out of the incident file',
  });
}

interface PlacedLive {
  readonly id: string;
  readonly stateVersion: number;
  readonly position: Position;
}

/** Where the live state stands; where that is not known or not on the log, what is missing. */
export async function livePosition({ situation, survey }: PreparedInputs): Promise<PlacedLive | MissingEvidence> {
  const [described] = situation.live === null ? [] : (await situation.live.list()).snapshots;
  if (described === undefined) return { kind: 'live-state-with-position' };
  const position = placeOnLog(described.position, survey);
  return 'kind' in position
    ? { kind: 'live-state-on-log', problem: position }
    : { id: described.id, stateVersion: described.stateVersion, position };
}
