import type { PartitionId } from '@eventmend/core';
import { partitionKey, type ReplaySpec, type RunControl } from '@eventmend/core/engine';
import type { EnterGap } from './recurring-keys.js';

/** Tells whoever watches a run which event the worker has in its hands. */
export interface EnsembleWatch {
  readonly enterGap: EnterGap;
  /** True when somebody asked for a stop. */
  readonly enter: (partition: PartitionId, offset: number) => boolean;
  readonly control: RunControl;
}

export function gapWatch({ partitions }: ReplaySpec, control: RunControl): EnsembleWatch {
  const places = new Map(partitions.map(({ id }, place) => [partitionKey(id), place]));
  const enter = (partition: PartitionId, offset: number): boolean =>
    control.enter(places.get(partitionKey(partition)) ?? -1, offset);
  return { control, enter, enterGap: ({ offsets }) => void enter(offsets, offsets.from) };
}
