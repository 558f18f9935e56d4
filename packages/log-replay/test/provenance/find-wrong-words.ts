import { Oracle, textOf, wordsFromWorst, type BestWord } from './best-words.js';
import type { Recovered } from './recover-tiny-incident.js';
import type { TinyIncident } from './tiny-incident.js';
import type { TinyState } from './tiny-worker.js';

interface WrongWord {
  readonly kind: 'state' | 'word' | 'verdict' | 'proven' | 'check';
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
export function findWrongWords(incident: TinyIncident, { plan, keys, verification }: Recovered): Judged {
  const wrong: WrongWord[] = [];
  const tell = (kind: WrongWord['kind'], text: string): void => void wrong.push({ kind, text });
  const oracle = new Oracle(incident);
  const [part] = plan.baseline;
  const source = part?.source;
  const root = source?.kind === 'snapshot' ? (incident.snapshots.find(({ id }) => id === source.id) ?? null) : null;
  const best = oracle.bestWords(root, part?.basis === 'declared' ? 'declared' : 'exact');
  for (const { id, finding } of plan.snapshots) {
    const snapshot = incident.snapshots.find((each) => each.id === id);
    if (finding !== 'proven' || snapshot === undefined) continue;
    const roots = [null, ...incident.snapshots.filter(({ trusted }) => trusted)];
    if (!roots.some((from) => oracle.judge(snapshot, from).isReproduced)) tell('proven', `${id} is called proven`);
  }
  const inScope = (key: string): boolean => {
    const scope = plan.scope as { readonly keys?: readonly string[] } | undefined;
    return scope?.keys === undefined || scope.keys.includes(key);
  };
  const words: { best: string; given: string }[] = [];
  let isBestComplete = best.neverComplete === null;
  for (const [key, at] of best.keys) {
    if (!inScope(key)) continue;
    const given = keys.get(key);
    if (at.word === 'unproven' || at.word === 'incomplete') isBestComplete = false;
    const isComplete = verification.verdict.verdict === 'complete';
    if (isComplete && (at.word === 'unproven' || at.word === 'incomplete'))
      tell('verdict', `complete, and ${key} is ${at.word}: ${at.because}`);
    if (given === undefined) {
      if (at.state !== null) tell('state', `${key} is not told, and is ${at.state}`);
      continue;
    }
    const state = given.state === null || given.state === undefined ? null : textOf(given.state as TinyState);
    // A key that may live in a hole alone, for all that was read, is kept as the live state has it.
    const isKept =
      given.fidelity === 'incomplete' && at.state === null && given.causes.some((cause) => cause.includes('kept'));
    if (state !== at.state && !isKept)
      tell('state', `${key} is ${state ?? 'none'} ${given.fidelity}, and should be ${at.state ?? 'none'}`);
    if (rankOf(given.fidelity) > rankOf(at.word)) tell('word', `${key} is called ${given.fidelity}: ${describe(at)}`);
    words.push({ best: at.word, given: given.fidelity });
  }
  if (verification.verdict.verdict === 'complete' && best.neverComplete !== null) tell('verdict', best.neverComplete);
  // A state that is declared trusted may contradict the log, and then says so.
  for (const { name, result, detail } of verification.checks)
    if (result === 'failed' && part?.basis !== 'declared') tell('check', `${name} failed: ${JSON.stringify(detail)}`);
  return {
    ...{ wrong, words, verdict: verification.verdict.verdict },
    verdictAtBest: isBestComplete ? 'complete' : 'incomplete',
  };
}

const rankOf = (word: string): number => wordsFromWorst.indexOf(word as never);
const describe = ({ state, word, because }: BestWord): string => `${state ?? 'none'} is ${word} at best: ${because}`;
