import type { LaneNumber } from '../store/run-store.js';

/**
 * How the outside watches and stops a lane. The hot loop writes the fields; a supervising thread maps them onto shared
 * memory, so that it can see an event that does not end and can ask for a stop without the loop having to wait.
 */
export interface RunControl {
  /** Called when another lane is taken up: the places told by `enter` are those of its path. */
  beginLane(lane: LaneNumber): void;
  /** Called before each event: which one is in the handler's hands. True when somebody asked for a clean stop. */
  enter(place: number, offset: number): boolean;
  /** Called where the loop leaves the handler for longer: reading, committing, the end. */
  idle(): void;
  /**
   * Awaited before what handlers did is committed.
   * @throws RecoveryError `worker-failed` where something that a handler started and did not await has failed
   */
  settle(): Promise<void>;
  /** True when somebody asked for a clean stop. */
  readonly stopRequested: boolean;
  /** Events handled since the last call, told a few times a second. */
  progress(handled: number, quarantined: number): void;
}
