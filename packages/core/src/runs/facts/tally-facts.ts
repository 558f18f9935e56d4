import type { FactRows, PlanFacts } from '../../model/plan/plan-records.js';
import type { StateFact } from '../../model/records/state-fact.js';
import type { PlacedFact } from '../../evidence/facts/placed-fact.js';
import { nothingKnown, type FactAgreement } from './choose-facts.js';
import type { FactVerdict } from './fact-trial.js';
import type { Verdicts } from './run-fact-trial.js';
import { stateFactOf } from './state-fact-of.js';

/** What became of a source, as a plan has it but for its log, and the facts that are set. */
export interface TalliedFacts extends PlanFacts {
  readonly facts: readonly UsedFact[];
}

interface UsedFact {
  readonly key: string;
  readonly time: number;
  readonly fact: StateFact;
}

/** What the trials came to. */
interface Tried {
  readonly agreement: FactAgreement;
  readonly isBelieved: boolean;
  /** Keys of which no fact is used. */
  readonly contradicted: ReadonlySet<string>;
  /** In front of the baseline; of the source alone; and of all that are believed. */
  readonly earlier: Verdicts;
  readonly alone: Verdicts;
  readonly joint: Verdicts;
}

const toldContradictions = 3;

/** Counts what became of the facts of a source, and gives those that are set. */
export function tallyFacts(
  records: string,
  placed: readonly PlacedFact[],
  { agreement, isBelieved, contradicted, earlier, alone, joint }: Tried,
): TalliedFacts {
  const rows = noRows();
  const keys = new Set<string>();
  const facts: UsedFact[] = [];
  const before = new Map([...earlier.of].map(([{ source, row }, verdict]) => [`${source} ${row}`, verdict]));
  for (const fact of placed) {
    if (fact.source !== records) continue;
    const own = alone.of.get(fact) ?? before.get(`${records} ${fact.row}`);
    const became = becameOf(fact, own, joint.of.get(fact), isBelieved, contradicted.has(fact.key));
    rows[became]++;
    if (became !== 'used') continue;
    keys.add(fact.key);
    facts.push({ key: fact.key, time: fact.time, fact: stateFactOf(fact, agreement.known > 0) });
  }
  const told = [...earlier.rebuilt, ...alone.rebuilt, ...joint.rebuilt].filter(([{ source }]) => source === records);
  return {
    records,
    log: null,
    rows,
    keys: keys.size,
    agreement,
    contradictions: [...new Map(told)].slice(0, toldContradictions).map(([{ key, time, content }, rebuilt]) => ({
      key,
      time,
      stated: JSON.stringify('state' in content ? content.state : Object.fromEntries(content.fields.map(fieldOf))),
      rebuilt,
    })),
    unusable: isBelieved ? null : 'disagrees',
    facts,
  };
}

const fieldOf = ([path, value]: readonly [readonly string[], unknown]): [string, unknown] => [path.join('.'), value];

function becameOf(
  { place }: PlacedFact,
  own: FactVerdict | undefined,
  joint: FactVerdict | undefined,
  isUsed: boolean,
  isContradicted: boolean,
): keyof FactRows {
  if (joint === 'set' && isUsed && !isContradicted) return 'used';
  if (own === 'agrees' || own === 'differs') return own === 'agrees' ? 'agreeing' : 'differing';
  if (place !== 'clear' && place !== 'inside') return place;
  if (isContradicted) return 'contradicting';
  if (own === 'unfit' || joint === 'unfit') return 'unfit';
  if (!isUsed) return 'disbelieved';
  return joint === 'agrees' ? 'agreeing' : 'doubtful';
}

/** Of a source that nothing can be made of. */
export function notUsed(records: string, unusable: NonNullable<PlanFacts['unusable']>): TalliedFacts {
  const agreement = nothingKnown;
  return { records, log: null, rows: noRows(), keys: 0, agreement, contradictions: [], unusable, facts: [] };
}

function noRows(): { -readonly [Name in keyof FactRows]: number } {
  return {
    used: 0,
    agreeing: 0,
    differing: 0,
    doubtful: 0,
    outside: 0,
    beforeBaseline: 0,
    repeated: 0,
    contradicting: 0,
    unfit: 0,
    disbelieved: 0,
  };
}
