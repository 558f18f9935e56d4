import type { StateFact } from '../../model/records/state-fact.js';
import type { PlacedFact } from '../../evidence/facts/placed-fact.js';

/** All of a state takes the place of what is lost in front of it only where the source was found right before. */
export function stateFactOf({ content, place }: PlacedFact, isProven: boolean): StateFact {
  return 'state' in content ? { state: content.state, resets: isProven && place === 'clear' } : content;
}
