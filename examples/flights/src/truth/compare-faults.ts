import { readLines, readPlanted, type PlantedFault } from './read-planted.js';

/** How a diagnosis agrees with what was planted. */
export interface FaultsAgreement {
  readonly planted: Readonly<Record<string, number>>;
  /** Planted faults that the diagnosis names, of the right kind and with the right event. */
  readonly found: number;
  readonly ofPlanted: number;
  /** Planted faults that it calls undetermined. */
  readonly cannotBeTold: number;
  /** Faults that it names and nobody planted. */
  readonly falseAlarms: number;
}

interface Ref {
  readonly partition: number;
  readonly offset: number;
}

interface DiagnosedFault {
  readonly kind: string;
  readonly event: Ref;
  readonly other: Ref | null;
}

const kindOf = { missed: 'missed', twice: 'twice', reordered: 'out-of-order', wrong: 'wrong' } as const;

/** Holds the faults of a diagnosis (`faults.ndjson` and `undetermined.ndjson` of the store) against the planted ones. */
export function compareFaults(planted: string, faults: string, undetermined: string): FaultsAgreement {
  const truth = readPlanted(planted);
  const diagnosed = readLines(faults) as readonly DiagnosedFault[];
  const doubts = new Set(
    (readLines(undetermined) as readonly { readonly event: Ref | null }[]).flatMap(({ event }) =>
      event === null ? [] : [nameOf(event)],
    ),
  );
  const open = new Map(diagnosed.map((fault) => [`${fault.kind} ${nameOf(fault.event)}`, fault]));
  // Of two events that changed places either may be named first.
  const byOther = new Map(
    diagnosed.flatMap((fault) => (fault.other === null ? [] : [[`${fault.kind} ${nameOf(fault.other)}`, fault]])),
  );
  const right = new Set<DiagnosedFault>();
  let found = 0;
  let cannotBeTold = 0;
  const counts: Record<string, number> = {};
  for (const fault of truth) {
    counts[fault.kind] = (counts[fault.kind] ?? 0) + 1;
    const name = `${kindOf[fault.kind]} ${locationKey(fault)}`;
    const match = open.get(name) ?? byOther.get(name);
    if (match !== undefined) {
      found++;
      right.add(match);
    } else if (doubts.has(locationKey(fault))) cannotBeTold++;
  }
  return {
    planted: counts,
    found,
    ofPlanted: truth.length,
    cannotBeTold,
    falseAlarms: diagnosed.filter((fault) => !right.has(fault)).length,
  };
}

function locationKey({ partition, offset }: PlantedFault): string {
  return `${partition}@${offset}`;
}

function nameOf({ partition, offset }: Ref): string {
  return `${partition}@${offset}`;
}
