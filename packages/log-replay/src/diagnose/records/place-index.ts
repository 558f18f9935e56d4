import type { PartitionId } from '@eventmend/core';

/** Finds the number of a partition by topic and number; asked for every record, so that no text is put together for it. */
export class PlaceIndex {
  readonly #byTopic = new Map<string, (number | undefined)[]>();

  constructor(partitions: readonly Pick<PartitionId, 'topic' | 'partition'>[]) {
    partitions.forEach(({ topic, partition }, place) => {
      const known = this.#byTopic.get(topic);
      if (known === undefined) this.#byTopic.set(topic, sparse(partition, place));
      else known[partition] = place;
    });
  }

  of({ topic, partition }: Pick<PartitionId, 'topic' | 'partition'>): number | undefined {
    return this.#byTopic.get(topic)?.[partition];
  }
}

function sparse(partition: number, place: number): (number | undefined)[] {
  const places: (number | undefined)[] = [];
  places[partition] = place;
  return places;
}
