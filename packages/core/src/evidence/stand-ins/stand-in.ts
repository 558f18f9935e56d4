import type { StandInRows } from '../../model/plan/plan-records.js';
import type { EventHeaders } from '../../model/log/event-page.js';
import type { Position } from '../../model/position/position.js';
import type { Agreement } from '../matching/agreement.js';

/** An event that a row of another system says was there, in the place of one that nobody holds. */
export interface StandIn {
  /** The name of the source of records. */
  readonly source: string;
  /** Where the row stands there: the line of NDJSON, else the row, from 1. */
  readonly row: number;
  readonly topic: string;
  readonly key: string | null;
  /** The keys of the states that it touches; null where the worker is a process, or cannot say it. */
  readonly keys: readonly string[] | null;
  /** As the worker names it. */
  readonly type: string;
  /** JSON text. */
  readonly value: string;
  readonly headers: EventHeaders | null;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** The part of the logs that a recovery goes through, whose holes are to be filled. */
export interface StandInRange {
  /** The baseline. Partitions that it does not name begin with their first event. */
  readonly from: Position;
  /** The target. Partitions that it does not name run to their end. */
  readonly to: Position;
  /**
   * When the last event in front of the baseline happened, and the last in front of the target, in milliseconds, for
   * partitions whose position does not say it (`order.clock`). Null, or absent, where nobody knows: rows that could lie on
   * either side are then doubtful.
   */
  readonly fromTime?: number | null;
  /** Infinity: all events that there ever were lie in front of the target. */
  readonly toTime?: number | null;
  /** The baseline has its place among offsets that no log holds, by its time alone: some of them it has seen. */
  readonly beginsWithinLoss?: boolean;
}

export interface StandIns {
  /** Rising by time, then by the order of the sources, then by row. */
  readonly standIns: readonly StandIn[];
  /**
   * What other rows say that may have been lost in the range as well, in the same order: doubtful ones, ones that contradict
   * each other, and ones that are said twice without an id. Nothing is to be made of them; but a key that one of them
   * names is not complete.
   */
  readonly leftOut: readonly StandIn[];
  /** Of each source whose rows may stand in, in the order of the incident. */
  readonly perSource: readonly StandInSource[];
}

export interface StandInSource {
  readonly name: string;
  /** How its rows agree with all events that are known, by type and month. */
  readonly agreement: Agreement;
  /** The topic of the events that its rows become. */
  readonly topic: string;
  /** Types of event of which it has every one, so it says. */
  readonly completeFor: readonly string[];
  /** Its rows are said to be all events that the topic had; believed where no log is left to tell otherwise. */
  readonly hasEveryEvent: boolean;
  /** Whether the time of which it has them takes in every moment at which something was lost of its topic in the range. */
  readonly spansLost: boolean;
  readonly rows: StandInRows;
  /** Rows without a time that may be events of the range, so that nothing at all is complete; they are in `doubtful` or the like. */
  readonly unplaced: number;
  /** Rows that are used although their events may be behind the target, which lies in what is lost: then nothing is complete either. */
  readonly perhapsBehind: number;
  /**
   * How much earlier and later than its event a row may be, in milliseconds: as declared, or more where the matched ones
   * show it. Infinite where nothing is declared: all rows without an event are doubtful then.
   */
  readonly lateness: { readonly earlier: number; readonly later: number };
  /** How far known events stand behind earlier times of their partition, in milliseconds. */
  readonly disorder: number;
  /** Why none of its rows is used: the declaration misreads them. Null where nothing shows that. */
  readonly distrusted: 'clock-shifted' | 'amounts-in-other-unit' | null;
}
