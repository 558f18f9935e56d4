/** So many events of a type are kept for each partition: a hole often reaches all keys of one, and seldom many of another. */
const mostWitnesses = 64;

/** The keys of some events of a type, by which is told later whether one of them named none that a hole reaches. */
export class TypeWitnesses {
  readonly #byPartition = new Map<number, (readonly string[])[]>();

  add(partition: number, entries: readonly { readonly key: string }[]): void {
    let witnesses = this.#byPartition.get(partition);
    if (witnesses === undefined) this.#byPartition.set(partition, (witnesses = []));
    if (witnesses.length < mostWitnesses && !isSame(witnesses.at(-1), entries))
      witnesses.push(entries.map(({ key }) => key));
  }

  /** Whether one of them named none of these keys. */
  hasBeside(isReached: (key: string) => boolean): boolean {
    return [...this.#byPartition.values()].some((witnesses) => witnesses.some((keys) => !keys.some(isReached)));
  }
}

function isSame(keys: readonly string[] | undefined, entries: readonly { readonly key: string }[]): boolean {
  return keys?.length === entries.length && keys.every((key, index) => key === entries[index]?.key);
}
