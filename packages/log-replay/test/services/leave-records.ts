import type { RecordedEventRef, RecordOrder } from '@eventmend/core/engine';
import type { PlayedService } from './played-service.js';
import { laneOf, nameOf, type PlayedEvent, type SentRow } from './played-event.js';
import type { Draw, ServiceDesign } from './service-design.js';

/** What is found of it: lists that begin late, in some order, with rows that were sent again; a log with a hole. */
export function leave(
  design: ServiceDesign,
  events: readonly PlayedEvent[],
  sent: readonly SentRow[],
  noted: readonly { readonly event: RecordedEventRef; readonly time: number }[],
  start: PlayedService['start'],
  draw: Draw,
): Pick<PlayedService, 'rows' | 'ledger' | 'lacks' | 'saidFrom'> {
  const { records, ledger } = design;
  let saidFrom: number | null = null;
  let rows: SentRow[] | null = null;
  if (records !== null) {
    const turn = Math.floor(records.begin * sent.length);
    rows = sent.slice(turn);
    if (design.saysFrom && records.begin > 0) {
      const times = events.map(({ time }) => time);
      saidFrom = (times[Math.floor(times.length * records.begin)] as number) + 1;
      const timeOf = new Map(events.map(({ ref, time }) => [nameOf(ref), time]));
      const from = saidFrom;
      rows = sent.filter(({ event }) => (timeOf.get(nameOf(event)) ?? 0) >= from);
    }
    rows = rows.map((row) => ({ ...row, value: written(design, row.value, draw) }));
    rows = inOrder(again(rows, records.resent, draw), records.order, draw);
    if (design.foreign) {
      const [first] = rows;
      if (first !== undefined)
        rows = [...rows, { ...first, event: { topic: 't0-dead-letters', partition: 0, offset: 3 }, businessId: null }];
    }
  }
  let entries: (typeof noted)[number][] | null = null;
  if (ledger !== null) {
    entries = inOrder(
      again(noted.slice(Math.floor(ledger.begin * noted.length)), ledger.resent, draw),
      ledger.order,
      draw,
    );
  }
  let lacks: PlayedService['lacks'] = null;
  if (design.hole !== null) {
    const { ref } = events[Math.floor(events.length * (0.3 + 0.4 * draw.share()))] as PlayedEvent;
    const first = start?.position.get(laneOf(ref)) ?? 0;
    const from = Math.max(first, ref.offset);
    lacks = { topic: ref.topic, partition: ref.partition, from, to: from + 1 + draw.below(6) };
  }
  return { rows, ledger: entries, lacks, saidFrom };
}

/** As the service wrote it: with absent fields as null, and numbers that differ in the last bit. */
function written({ lastBit, nulls }: ServiceDesign, value: unknown, draw: Draw): unknown {
  const fields = Object.entries(value as Record<string, unknown>).map(([name, field]): [string, unknown] => {
    if (!lastBit || typeof field !== 'number' || Number.isInteger(field) || draw.chance(0.5)) return [name, field];
    return [name, field * (1 + 2 ** -52)];
  });
  return Object.fromEntries(nulls ? [...fields, ['note', null]] : fields);
}

/** Some rows are sent a second time, a little later, as they were. */
function again<Row>(rows: readonly Row[], share: number, draw: Draw): Row[] {
  const all = [...rows];
  for (let place = rows.length - 1; place >= 0; place--) {
    if (share > 0 && draw.chance(share))
      all.splice(Math.min(all.length, place + 1 + draw.below(6)), 0, rows[place] as Row);
  }
  return all;
}

function inOrder<Row extends { readonly event: RecordedEventRef }>(
  rows: readonly Row[],
  order: RecordOrder,
  draw: Draw,
): Row[] {
  if (order === 'handling') return [...rows];
  const at = rows.map((row, place) => ({ row, place, drawn: draw.share() }));
  const lane = ({ row }: (typeof at)[number]): string => laneOf(row.event);
  if (order === 'partition') at.sort((a, b) => (lane(a) < lane(b) ? -1 : lane(a) > lane(b) ? 1 : a.place - b.place));
  else at.sort((a, b) => a.drawn - b.drawn);
  return at.map(({ row }) => row);
}
