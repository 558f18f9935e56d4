/** Why nothing is estimated. Counts are slots unless they say otherwise. */
export type RefusalReason =
  /** Less is known than two seasons, and nothing else tells. */
  | { readonly code: 'too-few-seasons'; readonly known: number; readonly needed: number }
  /** No known stretch is as long as the gap and what must be seen around it. */
  | { readonly code: 'gap-too-long'; readonly gap: number; readonly longestKnown: number }
  /** Spans like the gap can be masked, but too few for an interval of 90 %. */
  | { readonly code: 'too-few-masks'; readonly masks: number; readonly needed: number }
  /** No method has something to work with in every mask, or in the gap. */
  | { readonly code: 'no-method' }
  /** The mean of all that is known does as well, in what is asked for and slot by slot: root mean squared errors. */
  | { readonly code: 'no-skill'; readonly error: number; readonly errorOfMean: number }
  /** Half the width of the 90 % interval over the estimate (Infinity for an estimate of zero), above what the user allows. */
  | { readonly code: 'too-wide'; readonly width: number; readonly allowed: number }
  /** The levels on both sides differ as they do around no mask: when in the gap it moved, nobody can tell. */
  | { readonly code: 'level-shift'; readonly before: number; readonly behind: number }
  /** The user says that the incident itself changed the demand, and no other system's measure says how. */
  | { readonly code: 'demand-changed' };

/** What would allow an estimate, or a better one. */
export type Help =
  /** What another system counted in the same slots. */
  | { readonly kind: 'covariate' }
  /** What the gap, or a period around it, came to. */
  | { readonly kind: 'control-total' }
  /** So many more known slots. */
  | { readonly kind: 'longer-history'; readonly slots: number }
  /** That a season is stated, or stated to be none. */
  | { readonly kind: 'state-season' }
  /** A wider limit. */
  | { readonly kind: 'allow-width'; readonly width: number };

export interface Refusal {
  readonly status: 'refused';
  readonly reason: RefusalReason;
  readonly helps: readonly Help[];
}

export function refuse(reason: RefusalReason): Refusal {
  return { status: 'refused', reason, helps: helpsFor(reason) };
}

function helpsFor(reason: RefusalReason): readonly Help[] {
  const [total, covariate] = [{ kind: 'control-total' }, { kind: 'covariate' }] as const;
  switch (reason.code) {
    case 'too-few-seasons':
      return [
        { kind: 'longer-history', slots: reason.needed - reason.known },
        covariate,
        { kind: 'state-season' },
        total,
      ];
    case 'gap-too-long':
    case 'no-method':
      return [total];
    case 'too-few-masks':
      return [{ kind: 'longer-history', slots: reason.needed - reason.masks }, total];
    case 'no-skill':
    case 'level-shift':
    case 'demand-changed':
      return [covariate, total];
    case 'too-wide':
      return [covariate, total, { kind: 'allow-width', width: reason.width }];
  }
}
