import { createHash } from 'node:crypto';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { canonicalJson } from '../../model/json/canonical-json.js';
import { openArchive } from '../../sources/archive/open-archive.js';
import { openProcessedLedger, openRecordedOutputs } from '../../sources/records/open-records.js';
import { standardLedgerMapping, standardOutputMapping } from '../../sources/records/record-mapping.js';
import { openNdjsonSnapshots } from '../../sources/snapshots/ndjson/open-ndjson-snapshots.js';
import type { DrillFiles } from './drill-files.js';
import type { LeftBehind, PlayedService } from './play-request.js';

export interface DrilledInputs extends RecoveryInputs {
  close(): void;
}

/** What is left behind a drill's incident, opened as it would be in a real one. */
export interface LeftInDrill {
  readonly files: DrillFiles;
  readonly played: PlayedService;
  readonly leaves: LeftBehind;
  /** The log begins with the states of a snapshot that is believed. */
  readonly hasBase: boolean;
  readonly seed: number;
}

/** The snapshot that a stretch begins with. */
export const baseId = 'base';

/**
 * The incident of a drill, with a store of its own. Records of other systems are those of the real incident: they
 * are right, and are only read.
 */
export function drilledInputs(inputs: RecoveryInputs, left: LeftInDrill): DrilledInputs {
  const { files, played, leaves, hasBase, seed } = left;
  const { onset, end } = played;
  const name = `drill of ${inputs.incident.name}`;
  const log = openArchive(files.log);
  const kept = { order: 'handling', from: 0, until: null } as const;
  const rows = (file: string) => ({ kind: 'file', file, format: 'ndjson' }) as const;
  const recordedOutputs = leaves.outputs
    ? openRecordedOutputs(rows(files.liveOutputs), standardOutputMapping, kept)
    : null;
  const ledger = leaves.ledger ? openProcessedLedger(rows(files.liveLedger), standardLedgerMapping, kept) : null;
  const hasCheckpoints = hasBase || played.checkpoints.length > 0;
  return {
    ...inputs,
    incident: { name, digest: digestOf({ of: inputs.incident.digest, seed, onset, end }), onset, end },
    logs: [{ log, as: 'archive' }],
    snapshots: hasCheckpoints ? openNdjsonSnapshots(files.checkpoints) : null,
    trusted: hasBase ? [baseId] : [],
    trustedBehindOnset: [],
    // What they are said to come to at the end of the real log, they do not come to at the end of this one.
    totals: (inputs.totals ?? []).filter(({ at }) => at !== null && end !== null && at <= end),
    live: leaves.state ? openNdjsonSnapshots(files.liveState) : null,
    recordedOutputs,
    ledger,
    // The copy says itself where no event stood, and holds no deliveries.
    declaredGaps: [],
    deliveries: [],
    deploys: [],
    acceptGaps: false,
    store: files.store,
    close() {
      log.close();
      recordedOutputs?.close();
      ledger?.close();
    },
  };
}

function digestOf(meaning: unknown): string {
  return createHash('sha256').update(canonicalJson(meaning)).digest('hex');
}
