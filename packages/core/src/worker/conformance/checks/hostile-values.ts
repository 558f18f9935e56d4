import { membersOf, withMember, type TrialEvent } from '../trial-event.js';

const odd = ['null', '"odd"', '-1', '[]', '{}', 'true'];

/** Values that a handler does not expect: the event with one member gone or of another type, then no object at all. */
export function hostileValues(event: TrialEvent): readonly TrialEvent[] {
  const members = membersOf(event) ?? {};
  const variants: TrialEvent[] = [];
  for (const name of Object.keys(members).slice(0, 40)) {
    const { [name]: _, ...others } = members;
    variants.push({ ...event, value: JSON.stringify(others) });
    for (const text of odd) variants.push(withMember(event, name, text));
  }
  const nothingLeft = odd.flatMap((value) => [
    { ...event, value },
    { key: null, value },
  ]);
  return [...variants, ...nothingLeft];
}
