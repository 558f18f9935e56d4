import type { PartitionId } from '../../model/log/partition-id.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import { drillFaultKinds, type DrillFaultKind } from './drill-mix.js';
import { mistakeEvent } from './mistake-event.js';
import type { PlantedFault } from './planted-fault.js';
import { seededNumbers } from './seeded-numbers.js';
import { isNoticeable, sameHandling, type ComingEvent, type Handling, type ServiceHandler } from './service-handler.js';

export interface FaultyServiceOptions {
  readonly handler: ServiceHandler;
  /** The version that handles the events of the window; null for the right one, with single faults. */
  readonly faulty: OpenWorker | null;
  /** Numbers of events: the first that may be handled wrongly, and the first that no longer may. */
  readonly errorFrom: number;
  readonly errorUntil: number;
  /** How many faults of each kind are wanted. */
  readonly wanted: Readonly<Record<DrillFaultKind, number>>;
  readonly seed: number;
  /** Told in front of each event, with how many lie before it. */
  readonly before: (events: number) => Promise<void> | undefined;
  /** Told of each event that is come to, in the order of the log. */
  readonly passed: (partition: PartitionId, offset: number) => void;
  /** Told of each handling that came to something. */
  readonly handled: (coming: ComingEvent, handling: Handling) => void;
}

/** Takes events in their order, and handles them as a service with an error does. */
export interface FaultyService {
  take(coming: ComingEvent): Promise<void>;
  /** Handles what was taken and waits. */
  finish(): Promise<ServiceFaults>;
}

export interface ServiceFaults {
  /** What was done wrongly, in the order in which it was done. */
  readonly planted: readonly PlantedFault[];
  /** Events that came to nothing since the states are wrong that they met: the handler threw, or took them for repeats. */
  readonly stumbled: readonly RecordedEventRef[];
}

/** How many events later a redelivered or overtaken event comes at most. */
const lateness = 40;

interface Waiting extends ComingEvent {
  readonly number: number;
  /** It is part of a fault already, or handled in the place of another one. */
  taken: boolean;
  handledInstead: ComingEvent | null;
}

/**
 * Plants a fault only where it can be noticed: an event whose handling changes nothing and sends nothing is not missed by anybody.
 * Then the next event is tried.
 */
export function faultyService(options: FaultyServiceOptions): FaultyService {
  const { handler, faulty, errorFrom, errorUntil, seed } = options;
  const waiting: Waiting[] = [];
  const planted: PlantedFault[] = [];
  const stumbled: RecordedEventRef[] = [];
  const repeats = new Map<number, Waiting[]>();
  const moments = plannedMoments(options);
  const due: Record<DrillFaultKind, number> = { missed: 0, twice: 0, reordered: 0, wrong: 0 };
  const random = seededNumbers(seed, 'faults');
  let taken = 0;

  const plant = (
    kind: DrillFaultKind,
    coming: ComingEvent,
    other: ComingEvent | null,
    how: string | null = null,
  ): void => {
    planted.push({ kind, event: refOf(coming), other: other === null ? null : refOf(other), keys: coming.keys, how });
  };

  const handle = async (coming: ComingEvent): Promise<void> => {
    const handling = await handler.evaluate(coming);
    if (handling === null) stumbled.push(refOf(coming));
    else carryOut(coming, handling);
  };

  const carryOut = (coming: ComingEvent, handling: Handling): void => {
    handler.apply(handling);
    options.handled(coming, handling);
  };

  /** The whole service runs a faulty version: whatever it does otherwise is wrong. */
  const handleByFaulty = async (coming: ComingEvent, worker: OpenWorker): Promise<void> => {
    const right = await handler.evaluate(coming);
    const wrong = await handler.evaluate(coming, { worker });
    const isRight = right === null || (wrong !== null && sameHandling(right, wrong));
    const isMissed =
      right !== null && isNoticeable(right, handler.states) && (wrong === null || !isNoticeable(wrong, handler.states));
    if (wrong !== null) carryOut(coming, wrong);
    if (!isRight) plant(isMissed ? 'missed' : 'wrong', coming, null, 'faulty-worker');
  };

  /** True where the event was handled, wrongly. */
  const tryFault = async (kind: DrillFaultKind, event: Waiting, right: Handling): Promise<boolean> => {
    switch (kind) {
      case 'missed':
        plant(kind, event, null);
        return true;
      case 'twice': {
        const again = Math.min(event.number + random.below(lateness), errorUntil - 1);
        repeats.set(again, [...(repeats.get(again) ?? []), event]);
        carryOut(event, right);
        return true;
      }
      case 'reordered': {
        const other = await partnerOf(event, right, waiting, handler, errorUntil);
        if (other === null) return false;
        other.taken = true;
        other.handledInstead = event;
        plant(kind, event, other);
        await handle(other);
        return true;
      }
      case 'wrong': {
        const mistake = await mistakeEvent(handler, event, right, random);
        if (mistake === null) return false;
        const { handling, slip, path } = mistake;
        plant(kind, event, null, path === null ? slip : `${slip} ${path}`);
        carryOut(event, handling);
        return true;
      }
    }
  };

  const handleInWindow = async (event: Waiting): Promise<void> => {
    for (const kind of drillFaultKinds) due[kind] += moments[kind].get(event.number) ?? 0;
    if (event.handledInstead !== null) return handle(event.handledInstead);
    if (faulty !== null && due.missed + due.twice + due.reordered === 0) return handleByFaulty(event, faulty);
    const right = drillFaultKinds.some((kind) => due[kind] > 0) && !event.taken ? await handler.evaluate(event) : null;
    if (right !== null && isNoticeable(right, handler.states)) {
      for (const kind of drillFaultKinds) {
        if (due[kind] === 0 || !(await tryFault(kind, event, right))) continue;
        due[kind]--;
        event.taken = true;
        return;
      }
    }
    return faulty === null ? handle(event) : handleByFaulty(event, faulty);
  };

  /** A redelivery that changes and sends nothing is none that anybody could find: another event is handled twice. */
  const repeat = async (event: Waiting, behind: Waiting): Promise<void> => {
    const again = await handler.evaluate(event);
    if (again === null || !isNoticeable(again, handler.states)) {
      due.twice++;
      return;
    }
    plant('twice', event, behind);
    carryOut(event, again);
  };

  const step = async (): Promise<void> => {
    const event = waiting.shift() as Waiting;
    const told = options.before(event.number);
    if (told !== undefined) await told;
    options.passed(event.partition, event.event.offset);
    if (event.number >= errorFrom && event.number < errorUntil) await handleInWindow(event);
    else await handle(event);
    for (const repeated of repeats.get(event.number) ?? []) await repeat(repeated, event);
  };

  return {
    async take(coming) {
      waiting.push({ ...coming, number: taken++, taken: false, handledInstead: null });
      if (waiting.length > lateness) await step();
    },
    async finish() {
      while (waiting.length > 0) await step();
      return { planted, stumbled };
    },
  };
}

/** By number of an event: how many faults of a kind are due from there on. */
function plannedMoments(options: FaultyServiceOptions): Record<DrillFaultKind, ReadonlyMap<number, number>> {
  const { errorFrom, errorUntil, wanted, seed } = options;
  const of = (kind: DrillFaultKind) =>
    new Map(
      seededNumbers(seed, kind)
        .choose(wanted[kind], errorUntil - errorFrom)
        .map((at) => [errorFrom + at, 1]),
    );
  return { missed: of('missed'), twice: of('twice'), reordered: of('reordered'), wrong: of('wrong') };
}

/** The next event that shares a key, where the order of the two makes a difference and no event between shares one with it. */
async function partnerOf(
  event: Waiting,
  right: Handling,
  waiting: readonly Waiting[],
  handler: ServiceHandler,
  until: number,
): Promise<Waiting | null> {
  const place = waiting.findIndex(({ keys }) => keys.some((key) => event.keys.includes(key)));
  const other = waiting[place];
  if (other === undefined || other.taken || other.number >= until) return null;
  const between = waiting.slice(0, place);
  if (between.some(({ taken, keys }) => taken || keys.some((key) => other.keys.includes(key)))) return null;
  const second = await handler.evaluate(other, { over: overlayOf(right) });
  const early = await handler.evaluate(other);
  if (second === null || early === null) return null;
  const late = await handler.evaluate(event, { over: overlayOf(early) });
  return late !== null && sameHandling(late, right) && sameHandling(early, second) ? null : other;
}

function overlayOf({ writes }: Handling): ReadonlyMap<string, unknown> {
  return new Map(writes.map(({ key, state }) => [key, state]));
}

function refOf({ partition: { topic, partition }, event: { offset } }: ComingEvent): RecordedEventRef {
  return { topic, partition, offset };
}
