import type { ReplaySpec } from '../../engine/spec/replay-spec.js';
import type { EventLog } from '../../model/log/event-log.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import type { LogSurvey } from '../coverage/survey-logs.js';
import type { BlindTime } from '../matching/blind-time.js';
import type { StandInRange } from '../stand-ins/stand-in.js';
import type { StatedFact } from './read-facts.js';

/**
 * Where a fact stands. `inside`: among events that are lost, of which some may be behind it. `clear`: nothing is lost near it.
 * The others are not used: `doubtful` ones have an event of their key, or the edge of what is lost, so near that nobody knows which
 * came first.
 */
export type FactPlace = 'inside' | 'clear' | 'doubtful' | 'outside' | 'beforeBaseline' | 'repeated' | 'contradicting';

export interface PlacedFact extends StatedFact {
  place: FactPlace;
  /** When the state can have been what is stated. */
  readonly window: BlindTime;
}

/** What is gone through for the facts: the run that they are for, without them. */
export interface FactSurroundings {
  readonly survey: LogSurvey;
  /** Its partitions from the baseline to the target, stand-ins among them. */
  readonly spec: ReplaySpec;
  /** Those of the spec. */
  readonly logs: readonly EventLog[];
  readonly worker: OpenWorker;
  /** `fromTime` is -Infinity where no event is in front of the baseline. */
  readonly range: StandInRange;
  /** How far an event that stands in for a lost one may be from its time, in milliseconds. */
  readonly slack: number;
}
