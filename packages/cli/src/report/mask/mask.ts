import { KnownKeys } from './known-keys.js';
import { type PathSteps, formatPath, parsePath } from './parse-path.js';

/** What stands in the place of a masked value. */
const hidden = '•••';

const withheld = 'withheld: fields of this incident are masked';
/** Shorter values stand in too many texts that have nothing to do with them. */
const leastLength = 4;

/**
 * Hides what an incident declares to be hidden, in all that a report shows. Nothing is hidden where it declares nothing. Keys
 * become numbers in the order in which they are first shown, so that the same key is the same number everywhere.
 */
export class Mask {
  readonly #paths: readonly PathSteps[];
  readonly #hidesKeys: boolean;
  readonly #numbers = new Map<string, number>();
  readonly #values = new Set<string>();
  readonly #known: KnownKeys;

  /**
   * @param declared as in the incident: `key`, `$.card`, `$.items[*].card`
   * @param known keys that are hidden inside of values too, wherever they stand
   */
  constructor(declared: readonly string[], known = new KnownKeys()) {
    this.#known = known;
    this.#paths = declared.filter((path) => path !== 'key').map(parsePath);
    this.#hidesKeys = declared.includes('key');
  }

  get isActive(): boolean {
    return this.#paths.length > 0 || this.#hidesKeys;
  }

  /** A number that was made of states may be a hidden one. */
  get hidesFields(): boolean {
    return this.#paths.length > 0;
  }

  get hidesKeys(): boolean {
    return this.#hidesKeys;
  }

  key(key: string): string {
    if (!this.#hidesKeys) return key;
    if (key.length >= leastLength) this.#values.add(key);
    const known = this.#numbers.get(key);
    if (known !== undefined) return `key ${known}`;
    this.#numbers.set(key, this.#numbers.size + 1);
    return `key ${this.#numbers.size}`;
  }

  keys(keys: readonly string[]): string[] {
    return keys.map((key) => this.key(key));
  }

  /** @param path where the value stands, `$` by default */
  value(value: unknown, path = '$'): unknown {
    const left = this.#paths.length === 0 ? value : this.#hide(value, this.#behind(parsePath(path)));
    return this.#hidesKeys ? this.#withoutKeys(left) : left;
  }

  /** Where a value stands: the names on the way may be keys, or names that are hidden. */
  path(path: string): string {
    if (!this.isActive) return path;
    let paths = this.#paths;
    const shown = parsePath(path).map((name) => {
      const mayBeName = !isPosition(name) || name.length >= leastLength;
      const isHidden = mayBeName && (paths.some((left) => left.length === 0) || hidesNames(paths));
      paths = stepInto(paths, name);
      if (isHidden) return hidden;
      return mayBeName && this.#hidesKeys && this.#known.has(name) ? this.key(name) : name;
    });
    return formatPath(shown);
  }

  /** Texts that may hold any value: what a worker throws, what a diagnosis saw. */
  freeText(text: string): string {
    return this.isActive ? withheld : text;
  }

  /** A property of events such as `value.card >= 4000`. */
  property(text: string): string {
    const [, field] = /^value((?:[.[]\S*)?)/.exec(text) ?? [];
    if (field === undefined) return this.#hidesKeys && text.startsWith('key ') ? hidden : text;
    const left = this.#behind(parsePath(`$${field}`));
    if (left.length > 0) return `value${field} ${hidden}`;
    return this.#hidesKeys ? text.replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => this.#quotedKey(quoted)) : text;
  }

  /** The last step: any text in which a value stands that was hidden elsewhere. */
  everywhere<T>(value: T): T {
    if (this.#values.size === 0) return value;
    // A text may hold a value as JSON writes it, with escapes, and such a text may stand in another one.
    const written = (text: string): string => JSON.stringify(text).slice(1, -1);
    const forms = [...this.#values].flatMap((one) => [one, written(one), written(written(one))]);
    const hiddenValues = [...new Set(forms)].sort((a, b) => b.length - a.length);
    const walk = (each: unknown): unknown => {
      if (typeof each === 'string') return hiddenValues.reduce((text, secret) => text.replaceAll(secret, hidden), each);
      if (Array.isArray(each)) return each.map(walk);
      if (typeof each !== 'object' || each === null) return each;
      return Object.fromEntries(Object.entries(each).map(([name, member]) => [name, walk(member)]));
    };
    return walk(value) as T;
  }

  /** What is left of the masked paths behind a path: an empty one hides all that is there. */
  #behind(steps: PathSteps): readonly PathSteps[] {
    return steps.reduce<readonly PathSteps[]>((paths, name) => stepInto(paths, name), this.#paths);
  }

  #hide(value: unknown, paths: readonly PathSteps[]): unknown {
    if (paths.length === 0 || value === undefined) return value;
    if (paths.some((path) => path.length === 0)) {
      this.#note(value);
      return hidden;
    }
    // A path that names no positions goes through lists: $.items.card is that of each item.
    if (Array.isArray(value))
      return value.map((item, index) => this.#hide(item, [...paths, ...stepInto(paths, String(index))]));
    if (typeof value !== 'object' || value === null) return value;
    const isMap = hidesNames(paths);
    return Object.fromEntries(
      Object.entries(value).map(([name, member], index) => {
        if (isMap) this.#noteName(name);
        return [isMap ? `${hidden} ${index + 1}` : name, this.#hide(member, stepInto(paths, name))];
      }),
    );
  }

  /** Keys of the run in values and in names of members, as the numbers that stand for them. */
  #withoutKeys(value: unknown): unknown {
    if (typeof value === 'string') return this.#known.has(value) ? this.key(value) : value;
    // Short numbers are amounts and counts that happen to be the name of a key as well.
    if (typeof value === 'number') {
      const text = String(value);
      return text.length >= leastLength && this.#known.has(text) ? this.key(text) : value;
    }
    if (Array.isArray(value)) return value.map((item) => this.#withoutKeys(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        this.#known.has(name) ? this.key(name) : name,
        this.#withoutKeys(member),
      ]),
    );
  }

  #quotedKey(quoted: string): string {
    try {
      return JSON.stringify(this.#withoutKeys(JSON.parse(quoted)));
    } catch {
      return hidden;
    }
  }

  #note(value: unknown): void {
    if (typeof value === 'string' || typeof value === 'number') {
      if (String(value).length >= leastLength) this.#values.add(String(value));
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        if (!Array.isArray(value)) this.#noteName(name);
        this.#note(member);
      }
    }
  }

  /** A name of a field stands in many texts that hide nothing; one with more than letters in it is a value. */
  #noteName(name: string): void {
    if (name.length >= leastLength && /[^A-Za-z_$]/.test(name)) this.#values.add(name);
  }
}

/** `$.cards[*]` hides all that is in it: of an object the names of the members too. */
function hidesNames(paths: readonly PathSteps[]): boolean {
  return paths.some((path) => path.length === 1 && path[0] === '*');
}

function isPosition(name: string): boolean {
  return /^\d+$/.test(name);
}

function stepInto(paths: readonly PathSteps[], name: string): readonly PathSteps[] {
  const inside: PathSteps[] = [];
  for (const path of paths) {
    const [first, ...rest] = path;
    if (first === undefined) inside.push(path);
    else if (first === name || first === '*') inside.push(rest);
    else if (isPosition(name)) inside.push(path);
  }
  return inside;
}
