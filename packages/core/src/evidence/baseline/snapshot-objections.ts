import type { SnapshotFinding } from '../../model/plan/plan.js';
import type { SnapshotDescription } from '../../model/snapshots/snapshot-source.js';
import type { PreparedInputs } from '../inputs/prepare-inputs.js';
import { isWithin, type HeldTotal } from '../totals/control-total.js';
import { examineStates, type ExaminedStates } from '../totals/examine-states.js';

/** What speaks for the states of a snapshot and against them, without any event. */
export interface StatesJudgement {
  readonly examined: ExaminedStates;
  /** Invariants that they break: what they are is then no state of the worker. At most one sentence. */
  readonly broken: readonly string[];
  /** Control totals that say otherwise, and those that say the same: at most one sentence each. They speak of a sum, and of no state. */
  readonly against: readonly string[];
  readonly confirmed: readonly string[];
}

/** Reads the states of each snapshot once at most, and only of those that somebody asks for. */
export class SnapshotObjections {
  readonly #situation: PreparedInputs['situation'];
  readonly #judged = new Map<string, StatesJudgement>();

  constructor(situation: PreparedInputs['situation']) {
    this.#situation = situation;
  }

  /** Of those that were asked for. */
  get judged(): ReadonlyMap<string, StatesJudgement> {
    return this.#judged;
  }

  async of(description: SnapshotDescription): Promise<StatesJudgement> {
    const known = this.#judged.get(description.id);
    if (known !== undefined) return known;
    const examined = await examineStates(this.#situation, description);
    const judgement = { examined, ...judge(examined) };
    this.#judged.set(description.id, judgement);
    return judgement;
  }
}

/** The findings of snapshots, with what totals and invariants say against them. */
export function withObjections(
  findings: readonly SnapshotFinding[],
  { judged }: SnapshotObjections,
): readonly SnapshotFinding[] {
  return findings.map((finding) => {
    const { broken = [], against = [] } = judged.get(finding.id) ?? {};
    const said = [...broken, ...against];
    return said.length === 0 ? finding : { ...finding, reason: [...said, finding.reason].join('; ') };
  });
}

function judge({ totals, broken }: ExaminedStates): Omit<StatesJudgement, 'examined'> {
  const off = totals.filter((held) => !isWithin(held));
  const [first] = off;
  const [rule] = broken;
  const measures = [...new Set(totals.map(({ total: { measure } }) => measure))];
  return {
    broken:
      rule === undefined
        ? []
        : [`it breaks the invariant ${rule.name}: ${countOf(rule.broken, 'key')}, such as ${quoted(rule.keys)}`],
    against:
      first === undefined
        ? []
        : [`${sentenceOf(first)}${off.length > 1 ? ` (and ${countOf(off.length - 1, 'total')} more)` : ''}`],
    confirmed:
      measures.length === 0 || first !== undefined
        ? []
        : [`its ${measures.join(' and ')} ${measures.length === 1 ? 'is' : 'are'} what the control totals say`],
  };
}

function sentenceOf({ total: { measure, value, of, keys }, found }: HeldTotal): string {
  const where = keys === undefined ? '' : ` of ${quoted(keys)}`;
  return `its ${measure}${where} is ${found}, and ${of ?? 'a control total'} says ${value}`;
}

function quoted(keys: readonly string[]): string {
  const named = keys.slice(0, 3).map((key) => JSON.stringify(key.slice(0, 60)));
  return named.join(', ') + (keys.length > named.length ? ', …' : '');
}

function countOf(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}
