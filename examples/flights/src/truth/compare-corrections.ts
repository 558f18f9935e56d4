import { readLines, readPlanted } from './read-planted.js';

/** How the corrections agree with what was planted. */
export interface CorrectionsAgreement {
  /** Missed events whose movement is owed, and events handled twice of which one movement is to be taken back. */
  readonly owed: number;
  readonly ofMissed: number;
  readonly withdrawn: number;
  readonly ofTwice: number;
  /** Movements that are owed or taken back although their event was neither missed nor handled twice. */
  readonly beside: number;
}

interface ExportedCorrection {
  readonly action: string;
  readonly output: string;
  readonly partition: number;
  readonly offset: string;
  readonly replaces: unknown;
  readonly reason: string;
}

/** Holds exported corrections (`eventmend corrections RUN --reason missed twice --out FILE`) against the planted faults. */
export function compareCorrections(planted: string, exported: string): CorrectionsAgreement {
  const truth = readPlanted(planted);
  const of = (kind: string) =>
    new Set(truth.filter((fault) => fault.kind === kind).map(({ partition, offset }) => `${partition}@${offset}`));
  const missed = of('missed');
  const twice = of('twice');
  const owed = new Set<string>();
  const withdrawn = new Set<string>();
  for (const one of readLines(exported) as readonly ExportedCorrection[]) {
    if (one.output !== 'movement') continue;
    const event = `${one.partition}@${one.offset}`;
    if (one.action === 'send' && one.replaces === null) owed.add(event);
    else if (one.action === 'retract' && one.reason === 'twice') withdrawn.add(event);
  }
  const hit = (some: ReadonlySet<string>, all: ReadonlySet<string>) =>
    [...some].filter((event) => all.has(event)).length;
  const right = hit(owed, missed);
  const back = hit(withdrawn, twice);
  return {
    owed: right,
    ofMissed: missed.size,
    withdrawn: back,
    ofTwice: twice.size,
    beside: owed.size - right + withdrawn.size - back,
  };
}
