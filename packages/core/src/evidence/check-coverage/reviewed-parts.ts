/** What the user declares reviewed, see `RecoveryInputs.reviewed`. */
export class ReviewedParts {
  readonly #names: ReadonlySet<string>;
  readonly #lines: readonly { readonly file: string; readonly first: number; readonly last: number }[];

  constructor(reviewed: readonly string[]) {
    this.#names = new Set(reviewed);
    this.#lines = reviewed.flatMap((text) => parseLines(text) ?? []);
  }

  /** An event type, or a field such as `$.cache`; a field stands for those within it. */
  hasName(name: string): boolean {
    if (this.#names.has(name)) return true;
    if (!name.startsWith('$')) return false;
    return [...this.#names].some((field) => field.startsWith('$.') && isWithin(name, field));
  }

  /** `worker.ts:41-44`: all of these lines. */
  hasLines(location: string): boolean {
    const wanted = parseLines(location);
    if (wanted === null) return false;
    for (let line = wanted.first; line <= wanted.last; line++) {
      const isReviewed = this.#lines.some(
        ({ file, first, last }) => file === wanted.file && first <= line && line <= last,
      );
      if (!isReviewed) return false;
    }
    return true;
  }
}

function isWithin(path: string, field: string): boolean {
  return path.startsWith(field) && /^[.[]/.test(path.slice(field.length));
}

function parseLines(text: string): { readonly file: string; readonly first: number; readonly last: number } | null {
  const match = /^(.+):(\d+)(?:-(\d+))?$/.exec(text);
  if (match === null) return null;
  const [, file = '', first = '', last = first] = match;
  return { file, first: Number(first), last: Number(last) };
}
