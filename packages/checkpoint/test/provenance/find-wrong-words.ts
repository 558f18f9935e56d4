import { Oracle, rankOf } from './best-words.js';
import type { Recovered } from './recover-tiny-incident.js';
import { textOf, type TinyIncident } from './tiny-incident.js';
import type { TinyState } from './tiny-worker.js';

interface WrongWord {
  readonly kind: 'word' | 'truth' | 'verdict' | 'check';
  readonly text: string;
}

export interface Judged {
  readonly wrong: readonly WrongWord[];
  /** Words given, by the best that could have been. */
  readonly words: readonly { readonly best: string; readonly given: string }[];
  readonly verdict: string;
  readonly verdictAtBest: 'complete' | 'incomplete';
}

/** Holds what the tool says against what may be said. */
export function findWrongWords(incident: TinyIncident, { keys, verification }: Recovered): Judged {
  const wrong: WrongWord[] = [];
  const tell = (kind: WrongWord['kind'], text: string): void => void wrong.push({ kind, text });
  const oracle = new Oracle(incident);
  const words: { best: string; given: string }[] = [];
  const isComplete = verification.verdict.verdict === 'complete';
  const isStrong = (word: string): boolean => word === 'exact' || word === 'declared' || word === 'external';
  let isBestComplete = true;
  for (const key of new Set([...keys.keys(), ...oracle.keys()])) {
    const best = oracle.best(key);
    if (best.word !== 'exact' && best.word !== 'declared') isBestComplete = false;
    const given = keys.get(key);
    const state = textOf((given?.state ?? null) as TinyState | null);
    const truth = textOf(incident.truth.get(key));
    if (isComplete) {
      const objection = oracle.objection(key, state, 'declared');
      if (objection !== null) tell('verdict', `complete, and ${key} is ${state}: ${objection.because}`);
    }
    if (given === undefined) continue;
    const restsOnFacts = given.causes.some((cause) => cause.startsWith('fact'));
    const by = given.fidelity !== 'external' ? '' : restsOnFacts ? ' by facts' : ' by rows';
    words.push({ best: best.word, given: `${given.fidelity}${by}` });
    if (isStrong(given.fidelity) && state !== truth && oracle.isRecordTrusted !== 'cannot be told')
      tell('truth', `${key} is ${state} ${given.fidelity}, and was ${truth}`);
    const isFromLive = given.fidelity === 'unproven' && state === textOf(incident.live?.rows.get(key));
    const objection = isFromLive ? null : oracle.objection(key, state, given.fidelity);
    if (objection !== null && rankOf(given.fidelity) >= 0)
      tell('word', `${key} is ${state}, called ${given.fidelity}: ${objection.because}`);
  }
  const sum = [...keys.values()].reduce((total, { state }) => total + ((state as TinyState | null)?.n ?? 0), 0);
  const right = [...incident.truth.values()].reduce((total, { n }) => total + n, 0);
  for (const { name, result, detail } of verification.checks)
    if (result === 'failed' && !(name === 'total' && sum !== right))
      tell('check', `${name} failed: ${JSON.stringify(detail)}`);
  return {
    ...{ wrong, words, verdict: verification.verdict.verdict },
    verdictAtBest: isBestComplete ? 'complete' : 'incomplete',
  };
}
