import { subtractMoney, sumMoney, type Money } from './money.js';

/** A way from an opening to a closing amount on which every step is accounted for. */
export type Bridge = readonly BridgeLine[];

export interface BridgeLine {
  readonly kind:
    | 'opening'
    /** On both sides, in the period, at our amount. */
    | 'matched'
    /** What they have more than we for matched bookings. */
    | 'difference'
    /** On both sides, and on the other one outside of the period. */
    | 'timing'
    /** Charges that they book and we do not. */
    | 'fees'
    | 'only-theirs'
    | 'only-ours'
    /** Our bookings that survived, as the definition of the total adds and subtracts them. */
    | 'survived'
    /** What our bookings lack. */
    | 'missing'
    /** What no booking of either side explains. */
    | 'residual'
    | 'closing';
  readonly amount: Money;
  /** How many bookings it is made of; 0 for what is none. */
  readonly bookings: number;
}

type Step = Exclude<BridgeLine['kind'], 'opening' | 'closing'>;

/**
 * Closes a bridge: what the steps leave open to the closing amount becomes the step `rest`, so that opening and steps always add
 * up to closing. @throws RecoveryError `mixed-currencies`
 */
export function closeBridge(
  opening: Money,
  steps: readonly (BridgeLine & { readonly kind: Step })[],
  closing: Money,
  rest: Step,
): { readonly bridge: Bridge; readonly rest: Money } {
  const reached = sumMoney([opening, ...steps.map(({ amount }) => amount)], opening.currency);
  const open = subtractMoney(closing, reached);
  const bridge: Bridge = [
    { kind: 'opening', amount: opening, bookings: 0 },
    ...steps,
    { kind: rest, amount: open, bookings: 0 },
    { kind: 'closing', amount: closing, bookings: 0 },
  ];
  return { bridge, rest: open };
}
