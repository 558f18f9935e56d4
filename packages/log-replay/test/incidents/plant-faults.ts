import type { CauseKind, IncidentDesign, FaultWish, Slip } from './incident-design.js';
import type { LaidEvent } from './lay-out-events.js';

/** A fault at its place. Numbers are places in the order of a service without faults. */
export interface PlacedFault {
  readonly kind: CauseKind;
  readonly at: number;
  /** Where the second handling, the swapped event or the late one comes; `at` for the other kinds. */
  readonly until: number;
  readonly slip: Slip | null;
}

/** One handling by the service. */
export interface Handling {
  readonly event: number;
  readonly slip: Slip | null;
  /** How often its outputs were sent. */
  readonly sent: 0 | 1 | 2;
}

/** How many places an event may be late. */
const lateness = 12;

/** Places the faults where they fit: no two of them reach over the same events. */
export function placeFaults(
  design: IncidentDesign,
  events: readonly LaidEvent[],
  firstKept: number,
): readonly PlacedFault[] {
  const from = Math.floor(events.length * design.onset);
  const taken = new Set<number>();
  const placed: PlacedFault[] = [];
  for (const wish of design.faults) {
    const at = from + (wish.at % Math.max(1, events.length - from));
    const until = reachOf(wish, at, design, events);
    if (until === null || until >= events.length) continue;
    // The edge of what was kept hides what happens right at it.
    if (at <= firstKept && firstKept > 0 && until + lateness >= firstKept) continue;
    const range = Array.from({ length: until - at + 1 }, (_, step) => at + step);
    if (range.some((place) => taken.has(place))) continue;
    for (const place of range) taken.add(place);
    placed.push({ kind: wish.kind, at, until, slip: wish.kind === 'wrong' ? wish.slip : null });
  }
  return placed.sort((a, b) => a.at - b.at);
}

function reachOf(
  { kind, later }: FaultWish,
  at: number,
  design: IncidentDesign,
  events: readonly LaidEvent[],
): number | null {
  switch (kind) {
    case 'twice':
      return Math.min(at + later, events.length - 1);
    case 'swapped':
    case 'late': {
      for (let place = at + 1; place < Math.min(at + lateness, events.length); place++) {
        if (mustKeepOrder(design, events, at, place)) return kind === 'late' ? place + (later % 3) : place;
      }
      return null;
    }
    default:
      return at;
  }
}

/** Two events whose order is prescribed, and makes a difference to a state. */
export function mustKeepOrder({ order }: IncidentDesign, events: readonly LaidEvent[], a: number, b: number): boolean {
  const one = events[a] as LaidEvent;
  const other = events[b] as LaidEvent;
  if (order !== 'field' && one.ref.partition !== other.ref.partition) return false;
  return one.value.keys.some((key) => other.value.keys.includes(key));
}

/** What the service does in place of each event. */
export function handlingsOf(count: number, faults: readonly PlacedFault[]): readonly (readonly Handling[])[] {
  const slots: Handling[][] = Array.from({ length: count }, (_, event) => [{ event, slip: null, sent: 1 }]);
  for (const { kind, at, until, slip } of faults) {
    const plain: Handling = { event: at, slip: null, sent: 1 };
    switch (kind) {
      case 'missed':
        slots[at] = [];
        break;
      case 'twice':
        slots[until]?.push(plain);
        break;
      case 'swapped':
        slots[at] = [{ ...plain, event: until }];
        slots[until] = [plain];
        break;
      case 'late':
        slots[at] = [];
        slots[until]?.push(plain);
        break;
      case 'wrong':
        slots[at] = [{ ...plain, slip }];
        break;
      case 'output-lost':
        slots[at] = [{ ...plain, sent: 0 }];
        break;
      case 'output-repeated':
        slots[at] = [{ ...plain, sent: 2 }];
        break;
    }
  }
  return slots;
}
