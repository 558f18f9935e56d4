import type { RecordedEventRef } from '@eventmend/core/engine';
import { laneOf, type PlantedKind, type PlantedMistake, type PlayedEvent } from './played-event.js';
import type { Draw, ServiceDesign } from './service-design.js';

export interface Step {
  readonly event: number;
  /** `failed`: a delivery that came to nothing and is tried again. `again`: a second handling. */
  readonly kind: 'plain' | 'failed' | 'again';
  readonly slip: 'sign' | 'unit' | null;
}

export function plant(
  design: ServiceDesign,
  events: readonly PlayedEvent[],
  order: readonly number[],
  draw: Draw,
): { readonly steps: readonly Step[]; readonly mistakes: readonly PlantedMistake[] } {
  const plain = (event: number): Step => ({ event, kind: 'plain', slip: null });
  let steps: Step[] = order.map(plain);
  if (design.copies === 'failed-first') {
    const ids = events.map(({ value }) => value.id);
    steps = steps.map((step) => (ids.lastIndexOf(ids[step.event]) > step.event ? { ...step, kind: 'failed' } : step));
  }
  const mistakes: PlantedMistake[] = [];
  const touched = new Set<number>();
  const kinds: readonly PlantedKind[] = ['missed', 'twice', 'out-of-order', 'wrong'];
  for (let wanted = 0; wanted < design.faults; wanted++) {
    const kind = draw.one(kinds);
    const at = Math.floor(steps.length * (0.2 + 0.8 * draw.share()));
    const step = steps[at];
    if (step === undefined || step.kind !== 'plain' || touched.has(step.event)) continue;
    const event = events[step.event] as PlayedEvent;
    if (design.copies !== 'none' && events.filter(({ value }) => value.id === event.value.id).length > 1) continue;
    let others: readonly RecordedEventRef[] = [];
    switch (kind) {
      case 'missed':
        steps.splice(at, 1);
        break;
      case 'twice':
        steps.splice(at + 1 + (draw.chance(0.5) ? 0 : draw.below(8)), 0, { ...step, kind: 'again' });
        break;
      case 'wrong':
        if (event.value.amount === 0) continue;
        steps[at] = { ...step, slip: draw.one(['sign', 'unit'] as const) };
        break;
      case 'out-of-order': {
        const behind = steps.findIndex(
          (later, place) =>
            place > at &&
            !touched.has(later.event) &&
            later.kind === 'plain' &&
            mustKeep(design, event, events[later.event]),
        );
        if (behind < 0 || behind - at > 12) continue;
        const passed = steps.slice(at + 1, behind + 1).map((one) => events[one.event] as PlayedEvent);
        others = passed.filter((one) => mustKeep(design, event, one)).map(({ ref }) => ref);
        steps.splice(behind + 1, 0, step);
        steps.splice(at, 1);
        break;
      }
    }
    touched.add(step.event);
    mistakes.push({ kind, event: event.ref, others, keys: event.value.keys });
  }
  return { steps, mistakes };
}

/** True for two events whose order is no choice of the service. */
export function mustKeep({ order }: ServiceDesign, one: PlayedEvent, other: PlayedEvent | undefined): boolean {
  if (other === undefined) return false;
  if (order === 'time' && laneOf(one.ref) !== laneOf(other.ref)) return false;
  return one.value.keys.some((key) => other.value.keys.includes(key));
}
