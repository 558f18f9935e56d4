import { sumMeasure } from '../../evidence/compare/sum-measure.js';
import type { OrderCounts } from '../../model/order/order-spec.js';
import type { PartitionAccount } from '../../model/accounts/accounts.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';
import type { UncoveredFinding } from '../../evidence/check-coverage/uncovered-finding.js';
import { checkInvariants, type InvariantResult } from '../../evidence/totals/check-invariants.js';
import type { DerivedAgain, VerificationRoute } from './derive-again.js';
import type { TrustedBaseline } from './trusted-baseline.js';
import { summariseStates, type DerivedPart } from './derived-part.js';

/** What a verification needs of a derivation: small enough to cross threads. */
export interface DerivationDigest {
  readonly baselineDigest: string | null;
  readonly parkedBefore: number;
  /** Null where the baseline is no snapshot that the user trusts, or where there is no way to it. */
  readonly trusted: TrustedBaseline | null;
  readonly stateDigest: string;
  readonly stateKeys: number;
  readonly outputsDigest: string;
  readonly outputs: number;
  readonly accounts: readonly PartitionAccount[];
  readonly order: OrderCounts;
  readonly quarantined: number;
  readonly invariants: readonly InvariantResult[];
  /** What the totals of the end come to, in their order. */
  readonly totals: readonly number[];
  readonly measures: Readonly<Record<string, number>>;
  /** Null where there was nothing to hold it against. */
  readonly uncovered: UncoveredFinding | null;
  /** What the parts of a fleet are joined by; absent where all lanes were derived at once. */
  readonly part?: DerivedPart;
}

export function digestOfDerivation(
  { baselineDigest, parkedBefore, trusted, outcome, uncovered, begun }: DerivedAgain,
  instance: WorkerBasis,
  { totals, lanes }: Pick<VerificationRoute, 'totals' | 'lanes'>,
): DerivationDigest {
  const { states, stateDigest, outputsDigest, outputs, accounts, order, quarantined } = outcome;
  return {
    ...(lanes !== undefined && {
      part: {
        begin: summariseStates(begun, instance, totals),
        end: summariseStates(states, instance, totals),
        chains: outcome.chains,
      },
    }),
    uncovered,
    baselineDigest,
    parkedBefore,
    trusted,
    stateDigest,
    stateKeys: states.size,
    outputsDigest,
    outputs,
    accounts,
    order,
    quarantined: quarantined.length,
    invariants: checkInvariants(states, instance),
    totals: totals.map(({ measure, keys }) => sumMeasure(instance, measure, states, keys)),
    measures: Object.fromEntries(
      Object.keys(instance.worker.measures ?? {}).map((name) => [name, sumMeasure(instance, name, states)]),
    ),
  };
}
