import { RecoveryError } from '../../model/errors/recovery-error.js';

/** What the faulty handler of a drill does with single events. */
export const drillFaultKinds = ['missed', 'twice', 'reordered', 'wrong'] as const;
export type DrillFaultKind = (typeof drillFaultKinds)[number];

/**
 * What a drill takes away. `retention`: the first events of the log are gone; `hole`: a run of events of one partition is gone;
 * `untimed`: events that came without a time; `tainted`: checkpoints that were taken behind the onset; `damaged`: checkpoints
 * from before it of which bytes are flipped.
 */
export const drillLossKinds = ['retention', 'hole', 'untimed', 'tainted', 'damaged'] as const;
export type DrillLossKind = (typeof drillLossKinds)[number];

/**
 * How much of each: whole numbers are events (for `tainted` and `damaged` checkpoints), numbers below 1 are a share of the events
 * of the stretch. Nothing of what is absent.
 */
export type DrillMix = Readonly<Partial<Record<DrillFaultKind | DrillLossKind, number>>>;

/** What is planted where nobody says otherwise. */
export const defaultDrillMix: DrillMix = { missed: 20, twice: 10, reordered: 10, wrong: 10, tainted: 1 };

const names: readonly string[] = [...drillFaultKinds, ...drillLossKinds];
const ofCheckpoints: ReadonlySet<string> = new Set(['tainted', 'damaged']);

/** @throws RecoveryError `invalid-argument` for an unknown name, a number that is none, or a mix of nothing */
export function checkDrillMix(mix: DrillMix): void {
  for (const [name, amount] of Object.entries(mix)) {
    if (!names.includes(name)) {
      throw new RecoveryError('invalid-argument', `a drill knows nothing called ${JSON.stringify(name)}`, {
        hint: `it knows ${names.join(', ')}`,
      });
    }
    const isShare = amount > 0 && amount < 1 && !ofCheckpoints.has(name);
    if (isShare || (Number.isSafeInteger(amount) && amount >= 0)) continue;
    throw new RecoveryError('invalid-argument', `${String(amount)} is no amount of ${name}`, {
      hint: ofCheckpoints.has(name)
        ? `say how many, such as ${name}=2`
        : `say how many events, such as ${name}=20 or ${name}=5%`,
    });
  }
  if (Object.values(mix).some((amount) => amount > 0)) return;
  throw new RecoveryError('invalid-argument', 'a drill in which nothing goes wrong rehearses nothing', {
    hint: 'say what goes wrong, such as missed=20',
  });
}

/** So many events of `events`, for an amount of the mix. */
export function eventsOfAmount(amount: number | undefined, events: number): number {
  if (amount === undefined) return 0;
  return Math.min(events, amount < 1 ? Math.ceil(amount * events) : amount);
}
