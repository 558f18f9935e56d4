import { readFileSync } from 'node:fs';
import type { RecordedEventRef } from '@eventmend/core/engine';
import type { ProcessedLedger, RecordedOutputs } from '@eventmend/core';
import type { RecordsDiagnosis } from './diagnose-records.js';
import type { Fault, Undetermined } from './fault.js';
import { FaultLog } from './fault-log.js';
import { openFaultFiles, type DiagnosisFiles } from './fault-files.js';
import { describeRef } from './records/handling.js';
import { readHandlings } from './records/read-handlings.js';

/**
 * Adds faults that recorded states show to those that the records showed: of keys that the records accuse nobody of, and
 * as far as the records do not speak against them. What was undetermined of such an event is told then.
 */
export async function joinStateFaults(
  told: RecordsDiagnosis,
  fromStates: readonly Fault[],
  files: DiagnosisFiles,
  records: { readonly outputs: RecordedOutputs | null; readonly ledger: ProcessedLedger | null },
): Promise<RecordsDiagnosis> {
  const known = linesOf<Fault>(files.faults);
  const accused = new Set(known.flatMap(({ keys }) => keys));
  const open = fromStates.filter(({ keys }) => !keys.some((key) => accused.has(key)));
  const times = await timesRecorded(open, records);
  const added = open.filter((fault) =>
    agreesWithRecords(fault, times.get(describeRef(fault.event)) ?? 0, records.ledger),
  );
  if (added.length === 0) return told;
  const explained = new Set(added.map(({ event }) => describeRef(event)));
  const keys = new Set(added.flatMap((fault) => fault.keys));
  const undetermined = linesOf<Undetermined>(files.undetermined).filter(({ event, key }) =>
    event === null ? key === null || !keys.has(key) : !explained.has(describeRef(event)),
  );
  const sink = openFaultFiles(files);
  try {
    const log = new FaultLog(sink);
    for (const fault of [...known, ...added]) log.fault(fault);
    for (const one of undetermined) log.undetermined(one);
    sink.keep();
    return {
      ...told,
      counts: log.counts,
      undetermined: log.undeterminedCount,
      first: log.first,
      last: log.last,
      examples: log.examples,
      firstUndetermined: log.firstUndetermined,
    };
  } finally {
    sink.close();
  }
}

/** Keys of all faults that the records showed: of those, states are not asked. */
export function readAccusedKeys({ faults }: DiagnosisFiles): ReadonlySet<string> {
  return new Set(linesOf<Fault>(faults).flatMap(({ keys }) => keys));
}

/** What was recorded of an event speaks against its having been missed; a ledger that names it once, against a second time. */
function agreesWithRecords({ kind }: Fault, recorded: number, ledger: ProcessedLedger | null): boolean {
  switch (kind) {
    case 'missed':
      return recorded === 0;
    case 'twice':
      return ledger === null || recorded !== 1;
    default:
      return recorded === 0;
  }
}

async function timesRecorded(
  faults: readonly Fault[],
  { outputs, ledger }: { readonly outputs: RecordedOutputs | null; readonly ledger: ProcessedLedger | null },
): Promise<ReadonlyMap<string, number>> {
  const times = new Map(faults.map(({ event }): [string, number] => [describeRef(event), 0]));
  const count = (event: RecordedEventRef | null): void => {
    if (event === null) return;
    const name = describeRef(event);
    const known = times.get(name);
    if (known !== undefined) times.set(name, known + 1);
  };
  if (faults.length === 0) return times;
  for await (const batch of readHandlings(outputs, ledger)) for (const { event } of batch) count(event);
  return times;
}

function linesOf<Row>(file: string): readonly Row[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]));
}
