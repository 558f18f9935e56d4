import { addTime, joinTimes, type BlindTime } from './blind-time.js';

/**
 * Where events of a stretch of time are not known: lost before, within or behind the range that is asked for, or behind its target in a
 * stretch of which the offsets count as within; there and not decodable; or there without what records recognise them by.
 */
export type LostPlace = 'before' | 'within' | 'behind' | 'perhaps-behind' | 'undecodable' | 'unrecognised';

/** A time further above those before it is taken for a wrong clock, unless as many events as this follow it. */
const maxStep = 86_400_000;
const confirming = 50;

/** When events that nobody knows can have been, by topic and place. */
export class LostTimes {
  #disorder = 0;

  readonly #times = new Map<string, Map<LostPlace, BlindTime[]>>();

  add(topic: string, place: LostPlace, time: BlindTime): void {
    let places = this.#times.get(topic);
    if (places === undefined) this.#times.set(topic, (places = new Map<LostPlace, BlindTime[]>()));
    const times = places.get(place);
    if (times === undefined) places.set(place, [time]);
    else addTime(times, time);
  }

  /** In rising order, disjoint. */
  of(topic: string, place: LostPlace): readonly BlindTime[] {
    return joinTimes(this.#times.get(topic)?.get(place) ?? []);
  }

  /**
   * How far events that are known stand behind earlier times of their partition, in milliseconds: a lost one may have been so
   * much before the event in front of it, or behind the next.
   */
  get disorder(): number {
    return this.#disorder;
  }

  seeDisorder(difference: number): void {
    if (difference > this.#disorder) this.#disorder = difference;
  }

  /** Where events may be unknown, over all topics. */
  blind(): readonly BlindTime[] {
    const all = [...this.#times.values()].flatMap((places) =>
      [...places].flatMap(([place, times]) => (place === 'unrecognised' ? [] : times)),
    );
    return joinTimes(all);
  }
}

/** Follows the times of one partition, in the order of its events, and notes between which of them something was lost. */
export class LostTimesOfPartition {
  readonly #times: LostTimes;
  readonly #topic: string;
  readonly #lost = new Set<LostPlace>();
  #before = -Infinity;
  /** Something was lost behind the last event. */
  #endsLost = false;
  #unrecognisedSince: number | null = null;
  #watermark = -Infinity;
  #above = 0;

  constructor(times: LostTimes, topic: string) {
    this.#times = times;
    this.#topic = topic;
  }

  lose(place: LostPlace): void {
    this.#lost.add(place);
    this.#endsLost = true;
  }

  /** An event. */
  see(time: number): void {
    this.#endsLost = false;
    this.mark(time);
    if (time <= this.#watermark) {
      this.#times.seeDisorder(this.#watermark - time);
      this.#above = 0;
    } else if (time - this.#watermark <= maxStep || this.#watermark === -Infinity || ++this.#above >= confirming) {
      this.#watermark = time;
      this.#above = 0;
    }
  }

  /** A moment that lies between two events. */
  mark(time: number): void {
    if (Number.isNaN(time)) return;
    this.#close(Math.min(this.#before, time), Math.max(this.#before, time));
    this.#before = time;
  }

  /** An event that cannot be decoded; `isItsTime`: records of it have that time, and not one that its value tells. */
  seeUndecodable(time: number, isItsTime: boolean): void {
    if (isItsTime && !Number.isNaN(time)) {
      this.see(time);
      this.#times.add(this.#topic, 'undecodable', { from: time, until: time });
      return;
    }
    this.#lost.add('undecodable');
    this.see(time);
    this.#lost.add('undecodable');
  }

  /** An event that records cannot recognise; those in a row are one stretch. */
  seeUnrecognised(time: number | null): void {
    const at = time ?? (Number.isFinite(this.#before) ? this.#before : null);
    const since = this.#unrecognisedSince ?? at;
    const stretch =
      at === null || since === null
        ? { from: -Infinity, until: Infinity }
        : { from: Math.min(since, at), until: Math.max(since, at) };
    this.#times.add(this.#topic, 'unrecognised', stretch);
    this.#unrecognisedSince = at;
  }

  seeRecognised(): void {
    this.#unrecognisedSince = null;
  }

  /** Nothing can have come behind what was lost last. */
  endAtLast(): void {
    this.#close(this.#before, Infinity);
  }

  end(): void {
    // Where the last events are lost, nobody knows how many came behind them.
    if (this.#endsLost) this.#lost.add('behind');
    this.#close(this.#before, Infinity);
  }

  #close(from: number, until: number): void {
    for (const place of this.#lost) this.#times.add(this.#topic, place, { from, until });
    this.#lost.clear();
  }
}
