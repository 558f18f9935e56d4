import type { PartitionId } from '../log/partition-id.js';
import type { EmittedOutput } from '../worker/worker-instance.js';

/** The part of an output's line that is the same for all events of a partition. */
export function outputPrefix({ topic, partition }: PartitionId): string {
  return `[${JSON.stringify(topic)},${partition},`;
}

let lastName = '';
let lastNameText = '""';

/** One output as JSON text, see `outputChunkText`. The value stands as it was serialised when it was emitted. */
export function outputLine(
  prefix: string,
  offset: number,
  now: number,
  keyText: string,
  ordinal: number,
  output: EmittedOutput,
): string {
  if (output.output !== lastName) {
    lastName = output.output;
    lastNameText = JSON.stringify(lastName);
  }
  const time = Number.isFinite(now) ? now : 'null';
  const id = output.businessId === null ? 'null' : JSON.stringify(output.businessId);
  return `${prefix}${offset},${time},${lastNameText},${keyText},${ordinal},${id},${output.text}]`;
}
