import type { EmittedOutput } from '@eventmend/core/engine';
import type { WalkedEvent } from './walk-log.js';

/** An event that the path has passed and that the service has not been seen to handle yet. */
export interface OpenEvent {
  readonly walked: WalkedEvent;
  /** What the right handling sends. */
  readonly intended: readonly EmittedOutput[];
  /** Number of the first handling before which it may have been handled: all of its partition before it came earlier. */
  readonly earliest: number;
  /** How many handlings were seen when the path passed it. */
  readonly passedAt: number;
  /** The ledger would name it if it had been handled. */
  readonly isNoted: boolean;
  /**
   * It was overtaken right where the records of its partition begin: the handling that shows so may have been a second one,
   * and this event may have been handled before it, and before the records.
   */
  isAtEdge: boolean;
  /** The states that it would have been handled from are not known for sure. */
  readonly doubtful: boolean;
  /** In its place it would have left outputs: those before it show from which states. */
  readonly wouldSpeak: boolean;
  /**
   * `missed`: something that the service sent later shows that it was not handled. `unclear`: nothing has yet shown whether
   * it was missed, or only its outputs.
   */
  finding: 'missed' | 'unclear';
  /** How many handlings of its keys there were since, before which nobody has tried whether it was handled; infinite: nobody can. */
  untried: number;
  /** How often the two were tried to be told apart. */
  tries: number;
}
