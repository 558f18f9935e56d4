import type { IncidentInputs } from '@eventmend/core';
import {
  completeInputs,
  describeWorker,
  partitionKey,
  type EstimatedEvent,
  type GapEstimator,
  type ReplayGap,
} from '@eventmend/core/engine';
import { estimateStates } from './estimate-states.js';
import { randomSource, shuffle } from './random-source.js';
import type { StatesOptions } from './states-options.js';

/**
 * Fills the gaps of another strategy's plan with the events of one member: of all paths that were drawn the one after which the
 * measures of the worker come nearest to what was estimated of them. A mean of paths would be no path: half an event a key, or
 * events of equal size in equal distances, of which a worker makes what no real hour would make of it. What a plan says of single
 * keys behind such a path is one possibility of many; `estimateStates` says how far they differ.
 * @param incident the same that the strategy was given
 */
export function donorEstimator(incident: IncidentInputs, options: StatesOptions = {}): GapEstimator {
  return {
    name: 'donor-path',
    async estimate({ gaps, events }, work) {
      // The ids of events of the history would be taken for repeats.
      const { deduplicate } = await describeWorker(completeInputs(incident).worker);
      if (deduplicate !== undefined) return null;
      const result = await estimateStates(incident, options, work);
      if (result.status === 'refused') return null;
      const drawn = [...result.events()].flatMap(({ gap, event }) => (isAsked(gap, gaps) ? [event] : []));
      // What stands in for some of the lost events already is not to be there twice.
      const isTooMany = drawn.length > events;
      const left = isTooMany
        ? shuffle<EstimatedEvent>(drawn, randomSource(result.seed, 'thinned')).slice(0, events)
        : drawn;
      return left.sort((a, b) => a.time - b.time);
    },
  };
}

/** The strategy may begin at another state, and then lacks other offsets. */
function isAsked(gap: ReplayGap, asked: readonly ReplayGap[]): boolean {
  return asked.some(
    ({ from, to, ...id }) => partitionKey(id) === partitionKey(gap) && from <= gap.from && gap.to <= to,
  );
}
