import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { StandInRows } from '../../model/plan/plan-records.js';
import type { Position } from '../../model/position/position.js';
import type { ExternalRecord } from '../../model/records/external-record.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { openExternalRecords, readRecordEvents } from '../../sources/records/open-external-records.js';
import type { EventTemplate } from '../../sources/records/event-template.js';
import { openWorker } from '../../sources/reference-tables/open-worker.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import { beginningOf, completePosition, endOf } from '../coverage/boundary-positions.js';
import { isLogless } from '../coverage/survey-logs.js';
import type { PreparedInputs } from '../inputs/prepare-inputs.js';
import type { Agreement } from '../matching/agreement.js';
import type { BlindTime } from '../matching/blind-time.js';
import type { ExternalRecordsConfig } from '../matching/external-records-config.js';
import { knownEventsAround, type KnownEventsOfRange } from '../matching/known-events.js';
import type { MatchRule } from '../matching/match-rule.js';
import { matchRecords } from '../matching/match-records.js';
import { standInMaker } from './make-stand-ins.js';
import { latenessBounds, recordPlacer } from './place-record.js';
import { RowFates } from './row-fates.js';
import type { StandIn, StandInRange, StandIns, StandInSource } from './stand-in.js';
import type { PageWatcher } from './time-sampler.js';
import { UnsettledEvents } from './unsettled-events.js';

/**
 * Finds the rows of other systems that can stand in for events of a range that nobody holds: those that are no known event,
 * and whose time lies in a hole of the range and nowhere else. What could be something else as well is counted and left out.
 * All logs are read once for each source, and its rows twice.
 * @param prepared what `prepareInputs` gave; its `records` are the sources
 * @param onPage sees what is read of the logs: all that is known of the topics that a source speaks of
 * @throws RecoveryError `invalid-field` for a row that is not what its mapping says, or does not become the event that it
 *   stands for; `input-file-changed` where the rows changed while they were read; what opening them throws
 */
export async function findStandIns(
  { situation, survey }: Pick<PreparedInputs, 'situation' | 'survey'>,
  range: StandInRange,
  work: LongWork = {},
  onPage?: PageWatcher,
): Promise<StandIns> {
  const sources = (situation.records ?? []).flatMap((config) =>
    config.event === null ? [] : [{ config, event: config.event }],
  );
  if (sources.length === 0) return { standIns: [], leftOut: [], perSource: [] };
  const worker = await openWorker(situation.worker, situation.references, situation.tuning?.eventTimeoutMs);
  const around = {
    // Partitions that the baseline does not name begin with their first event, whenever that was; where there is no log, nobody
    // knows how far it had read them.
    from: withClock(
      isLogless(survey) ? completePosition(range.from, beginningOf(survey)) : range.from,
      range.fromTime ?? null,
    ),
    to: withClock(completePosition(range.to, endOf(survey)), range.toTime ?? null),
    ...(range.beginsWithinLoss === true && { beginsWithinLoss: true }),
  };
  try {
    const found: FoundInSource[] = [];
    for (const source of sources) found.push(await findInSource(source, { survey, around, worker, onPage }, work));
    const order = new Map(found.map(({ source: { name } }, index) => [name, index]));
    const rank = ({ source }: StandIn) => order.get(source) ?? 0;
    const sorted = (standIns: StandIn[]) =>
      standIns.sort((a, b) => a.time - b.time || rank(a) - rank(b) || a.row - b.row);
    return {
      standIns: sorted(found.flatMap(({ standIns }) => standIns)),
      leftOut: sorted(found.flatMap(({ leftOut }) => leftOut)),
      perSource: found.map(({ source }) => source),
    };
  } finally {
    await worker.close();
  }
}

/** A position whose partitions say when their last event was, where they did not. */
export function withClock(position: Position, time: number | null): Position {
  if (time === null) return position;
  return position.map((part) =>
    Number.isFinite(part.order.clock) ? part : { ...part, order: { ...part.order, clock: time } },
  );
}

interface FoundInSource {
  readonly source: StandInSource;
  readonly standIns: readonly StandIn[];
  readonly leftOut: readonly StandIn[];
}

async function findInSource(
  { config, event }: { readonly config: ExternalRecordsConfig; readonly event: EventTemplate },
  {
    survey,
    around,
    worker,
    onPage,
  }: {
    readonly survey: PreparedInputs['survey'];
    readonly around: Parameters<typeof knownEventsAround>[1];
    readonly worker: OpenWorker;
    readonly onPage: PageWatcher | undefined;
  },
  { signal }: LongWork,
): Promise<FoundInSource> {
  const { name, rows, mapping, rule, completeFor } = config;
  const hasEveryEvent = config.hasEveryEvent === true && isLogless(survey);
  const known = knownEventsAround(survey, around, worker, rule, onPage);
  const fates = new RowFates();
  const records = await openExternalRecords(rows, mapping);
  const unsettled = new UnsettledEvents(rule);
  let blind: readonly BlindTime[] | null = null;
  const agreement = await matchRecords(fates.watch(records), known, rule, {
    ...(signal !== undefined && { signal }),
    take(outcome) {
      const { kind } = outcome;
      if (kind === 'missing' || kind === 'doubtful' || kind === 'ambiguous-event') {
        unsettled.add(outcome.event, (blind ??= known.blind()));
      }
      fates.take(outcome);
    },
  });
  const lateness = latenessBounds(rule, agreement);
  const distrusted = reasonForDistrust(agreement);
  const placer = recordPlacer(known, event.topic, rule, lateness, hasEveryEvent);
  const isDoubtful = (record: ExternalRecord) =>
    distrusted !== null ||
    fates.mayBeReversed(record) ||
    (record.time !== null && unsettled.mayBe(record, placer.timesOfEvent(record.time)));
  const counts = noRows();
  let unplaced = 0;
  let perhapsBehind = 0;
  const again = new RowFates();
  const used = new Set<number>();
  const batches = readRecordEvents(rows, mapping, event, (record) => {
    again.see(record);
    const fate = fates.of(record);
    if (fate === null) return false;
    let place: keyof StandInRows = fate === 'alone' ? placer.placeOf(record) : fate;
    if (place === 'used' && isDoubtful(record)) place = 'doubtful';
    counts[place]++;
    if (place === 'used') used.add(record.seq);
    if (place === 'used' && placer.mayBeBehind(record)) perhapsBehind++;
    if (place === 'used') return true;
    const saysMore = place === 'doubtful' || place === 'contradicting' || (place === 'repeated' && record.id === null);
    if (saysMore && record.time === null) unplaced++;
    return saysMore && placer.mayBeLost(record);
  });
  const make = standInMaker(name, rule, worker);
  const [standIns, leftOut]: [StandIn[], StandIn[]] = [[], []];
  for await (const batch of batches) {
    const made = make(batch);
    batch.forEach(({ record }, index) => {
      (used.has(record.seq) ? standIns : leftOut).push(made[index] as StandIn);
    });
    used.clear();
    signal?.throwIfAborted();
  }
  if (!again.sameAs(fates)) {
    throw new RecoveryError('input-file-changed', `${records.location} gave other rows at a second reading`, {
      hint: 'keep the rows of a source as they are while a plan is made: a copy, or a query over closed months',
      details: { source: name },
    });
  }
  const { reversals, otherTypes } = agreement;
  return {
    source: {
      name,
      topic: event.topic,
      agreement,
      completeFor,
      hasEveryEvent,
      spansLost: spansLost(hasEveryEvent ? wholePeriod(rule) : agreement.period, known, event.topic),
      rows: { ...counts, reversals, otherTypes },
      unplaced,
      perhapsBehind,
      lateness,
      disorder: known.lost.disorder,
      distrusted,
    },
    standIns,
    leftOut,
  };
}

/** Of which time a source has every event that says no more than that it has. */
function wholePeriod({ from, until }: MatchRule): BlindTime {
  return { from: from ?? -Infinity, until: until ?? Infinity };
}

function spansLost(period: Agreement['period'], { lost }: KnownEventsOfRange, topic: string): boolean {
  if (period === null) return false;
  return lost
    .of(topic, 'within')
    .every(({ from, until }) => from - lost.disorder >= period.from && until + lost.disorder <= period.until);
}

function reasonForDistrust({ clockShifts, amountFactor }: Agreement): StandInSource['distrusted'] {
  if (amountFactor !== null) return 'amounts-in-other-unit';
  return clockShifts.length > 0 ? 'clock-shifted' : null;
}

function noRows(): { -readonly [Name in keyof StandInRows]: number } {
  return {
    used: 0,
    alreadyKnown: 0,
    doubtful: 0,
    outside: 0,
    beforeBaseline: 0,
    contradicting: 0,
    repeated: 0,
    reversals: 0,
    otherTypes: 0,
  };
}
