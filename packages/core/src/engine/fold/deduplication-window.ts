/** The business ids of the last events of a lane; an id that is in it again is a duplicate. */
export class DeduplicationWindow {
  readonly #size: number;
  /** Ids by their place; the place says when it leaves the window. */
  readonly #places = new Map<string, number>();
  #ids: (string | null)[];
  /** Place of the first of `#ids`. */
  #first: number;
  /** Place of the first id that was not taken for a commit yet. */
  #fresh: number;

  /** @param entered how many events entered so far; `recent` are the last of them, oldest first */
  constructor(size: number, entered: number, recent: readonly (string | null)[]) {
    this.#size = size;
    this.#ids = [...recent];
    this.#first = entered - recent.length;
    this.#fresh = entered;
    recent.forEach((id, index) => {
      if (id !== null) this.#places.set(id, this.#first + index);
    });
  }

  get entered(): number {
    return this.#first + this.#ids.length;
  }

  get size(): number {
    return this.#size;
  }

  /** Where an id entered last, counted over all that ever did; undefined where nobody remembers. */
  placeOf(id: string): number | undefined {
    return this.#places.get(id);
  }

  isDuplicate(id: string): boolean {
    const place = this.#places.get(id);
    return place !== undefined && place >= this.entered - this.#size;
  }

  enter(id: string | null): void {
    if (id !== null) this.#places.set(id, this.entered);
    this.#ids.push(id);
  }

  /** The ids that entered since the last call, and the first place that the window still needs. */
  take(): { readonly first: number; readonly ids: readonly (string | null)[]; readonly keepFrom: number } {
    const first = this.#fresh;
    const ids = this.#ids.slice(first - this.#first);
    this.#fresh = this.entered;
    const keepFrom = Math.max(0, this.entered - this.#size);
    this.#forgetBefore(keepFrom);
    return { first, ids, keepFrom };
  }

  #forgetBefore(keepFrom: number): void {
    const expired = keepFrom - this.#first;
    if (expired <= 0) return;
    for (let index = 0; index < expired; index++) {
      const id = this.#ids[index];
      if (typeof id === 'string' && this.#places.get(id) === this.#first + index) this.#places.delete(id);
    }
    this.#ids = this.#ids.slice(expired);
    this.#first = keepFrom;
  }
}
