import type { BatchEffects } from '../../process/read-effects-answer.js';
import type { Talk } from '../talk.js';
import { withMember, type TrialEvent } from '../trial-event.js';

/** The member that is added to an event, to be found again in a state or an output of a worker that keeps its value. */
export const echoMember = 'conformance_echo';

/**
 * What a worker repeats of a member that its event had, wherever in its states and outputs it stands. Empty for a handler
 * that keeps nothing of what it does not know; null for one that refuses it.
 */
export async function echoesOf(talk: Talk, event: TrialEvent, content: string): Promise<readonly unknown[] | null> {
  // Twice, so that what is repeated in a state has come back to the process once.
  const hostile = withMember(event, echoMember, content);
  const first = await talk.run([hostile], new Map());
  if (first.asked[0] === null || first.effects.error !== null) return null;
  const second = await talk.run([hostile], first.effects.states, { firstOffset: 1 });
  return [...found(first.effects), ...found(second.effects)];
}

function found({ events, states }: BatchEffects): readonly unknown[] {
  const roots = [...states.values(), ...events.flatMap((effects) => effects?.outputs.map(({ value }) => value) ?? [])];
  const echoes: unknown[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value) && Object.hasOwn(value, echoMember)) {
      echoes.push((value as Record<string, unknown>)[echoMember]);
      return;
    }
    for (const inner of Object.values(value)) look(inner);
  };
  for (const root of roots) look(root);
  return echoes;
}
