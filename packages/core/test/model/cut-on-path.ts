import { orderNaively } from './naive-order.js';
import { locationKey, type Scenario, type ScenarioPartition } from './scenario.js';

/**
 * Moves the target of a scenario to a position on the path of its whole log, as planning does: behind a share of the events
 * of each lane. `slack` moves the ends into the gaps that follow the last event before them, where there are any.
 */
export function cutOnPath(scenario: Scenario, share: number, slack: number): Scenario {
  const whole = scenario.partitions.map((partition) => ({ ...partition, end: partition.logEnd }));
  const next = new Map<string, number>();
  const last = new Map<string, number>();
  for (const lane of orderNaively({ ...scenario, partitions: whole }).lanes) {
    const kept = Math.round(lane.length * share);
    lane.forEach(({ partition, event }, index) => {
      const place = locationKey(partition.id, 0);
      if (index < kept) last.set(place, event.offset + 1);
      else next.set(place, Math.min(next.get(place) ?? Infinity, event.offset));
    });
  }
  const endOf = ({ id, start, logEnd }: ScenarioPartition): number => {
    const least = last.get(locationKey(id, 0)) ?? start;
    const most = next.get(locationKey(id, 0)) ?? logEnd;
    return Math.min(most, least + slack);
  };
  return { ...scenario, partitions: scenario.partitions.map((partition) => ({ ...partition, end: endOf(partition) })) };
}
