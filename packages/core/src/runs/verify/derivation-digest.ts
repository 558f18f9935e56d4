import { sumMeasure } from '../../evidence/compare/sum-measure.js';
import type { OrderCounts } from '../../model/order/order-spec.js';
import type { PartitionAccount } from '../../model/accounts/accounts.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';
import type { UncoveredFinding } from '../../evidence/check-coverage/uncovered-finding.js';
import { shortened } from '../../evidence/compare/comparable-state.js';
import type { DerivedAgain } from './derive-again.js';

/** What a verification needs of a derivation: small enough to cross threads. */
export interface DerivationDigest {
  readonly baselineDigest: string | null;
  readonly parkedBefore: number;
  readonly stateDigest: string;
  readonly stateKeys: number;
  readonly outputsDigest: string;
  readonly outputs: number;
  readonly accounts: readonly PartitionAccount[];
  readonly order: OrderCounts;
  readonly quarantined: number;
  readonly invariants: readonly InvariantResult[];
  readonly measures: Readonly<Record<string, number>>;
  /** Null where there was nothing to hold it against. */
  readonly uncovered: UncoveredFinding | null;
}

interface InvariantResult {
  readonly name: string;
  readonly broken: number;
  /** The first key that breaks it, with the worker's own words where it has any. */
  readonly first: { readonly key: string; readonly said: string | null } | null;
}

type Rule = (state: unknown, key: string) => boolean | string;

export function digestOfDerivation(
  { baselineDigest, parkedBefore, outcome, uncovered }: DerivedAgain,
  instance: WorkerBasis,
): DerivationDigest {
  const { states, stateDigest, outputsDigest, outputs, accounts, order, quarantined } = outcome;
  return {
    uncovered,
    baselineDigest,
    parkedBefore,
    stateDigest,
    stateKeys: states.size,
    outputsDigest,
    outputs,
    accounts,
    order,
    quarantined: quarantined.length,
    invariants: Object.entries((instance.worker.invariants ?? {}) as Record<string, Rule>).map(([name, rule]) =>
      checkInvariant(name, rule, states, instance),
    ),
    measures: Object.fromEntries(
      Object.keys(instance.worker.measures ?? {}).map((name) => [name, sumMeasure(instance, name, states)]),
    ),
  };
}

function checkInvariant(
  name: string,
  rule: Rule,
  states: ReadonlyMap<string, unknown>,
  instance: WorkerBasis,
): InvariantResult {
  let broken = 0;
  let first: InvariantResult['first'] = null;
  for (const [key, state] of states) {
    let said: boolean | string;
    try {
      said = rule(instance.decodeState(state), key);
    } catch (error) {
      said = `it threw: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (said === true) continue;
    broken++;
    first ??= { key, said: typeof said === 'string' ? shortened(said) : null };
  }
  return { name, broken, first };
}
