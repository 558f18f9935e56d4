import { hash as hashOnce } from 'node:crypto';
import { completeOutputChain } from '../../engine/fold/output-journal.js';
import type { LaneHead, LaneNumber, RunStore } from '../../engine/store/run-store.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { canonicalJson } from '../../model/json/canonical-json.js';

/** What a lane came to, whatever its batches were. */
interface LaneResult extends Pick<
  LaneHead,
  'lane' | 'partitions' | 'orderFlags' | 'stateDelta' | 'keysDelta' | 'outputs' | 'quarantined' | 'negativeZeros'
> {
  readonly outputsDigest: string;
}

export interface TaskFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a task says of itself when it is done: enough to tell whether it belongs to a fleet, and is whole. */
export interface TaskManifest {
  readonly format_version: 1;
  readonly fleet: string;
  readonly plan: string;
  readonly worker: string;
  readonly task: number;
  readonly lanes: readonly LaneResult[];
  /** SHA-256 of the lanes: two attempts at a task have the same. */
  readonly result: string;
  readonly baseline: { readonly keys: number; readonly digest: string };
  readonly files: readonly TaskFile[];
  /** How long it took, reading included, and the most memory of its process. */
  readonly measured: { readonly events: number; readonly ms: number; readonly memoryBytes: number };
}

/** What the lanes of a task came to. */
export function resultOfLanes(store: RunStore, lanes: readonly LaneNumber[]): readonly LaneResult[] {
  return lanes.map((number) => {
    const lane = store.lane(number);
    const { head } = lane;
    if (head?.done !== true) throw new Error(`lane ${number} has not reached its target`);
    const { partitions, orderFlags, stateDelta, keysDelta, outputs, outputChain, quarantined, negativeZeros } = head;
    return {
      lane: number,
      partitions,
      orderFlags,
      stateDelta,
      keysDelta,
      outputs,
      quarantined,
      negativeZeros,
      outputsDigest: completeOutputChain(outputChain, lane.openChunk()),
    };
  });
}

export function hashResult(lanes: readonly LaneResult[]): string {
  // Through JSON once: a watermark of -Infinity is null there, as in the manifest that is read back.
  return hashOnce('sha256', canonicalJson(JSON.parse(JSON.stringify(lanes))));
}

/** @throws RecoveryError `invalid-task` where the text is no manifest, or was changed after it was written */
export function parseManifest(text: string, where: string): TaskManifest {
  let manifest: Partial<TaskManifest> | null = null;
  try {
    manifest = JSON.parse(text) as Partial<TaskManifest> | null;
  } catch {
    // told below
  }
  const whole =
    manifest?.format_version === 1 &&
    Array.isArray(manifest.lanes) &&
    Array.isArray(manifest.files) &&
    hashResult(manifest.lanes) === manifest.result;
  if (!whole) {
    throw new RecoveryError('invalid-task', `${where} is no manifest of a task, or was changed`, {
      hint: 'remove the folder of that task and run it again',
    });
  }
  return manifest as TaskManifest;
}
