import { dirname, join, relative, sep } from 'node:path';
import { describeImportedPackage } from '../describe-imported-package.js';
import { hashCodeOf } from './hash-code-of.js';
import { ImportResolver } from './import-resolver.js';
import { readInstalledFile } from './read-installed-file.js';

/** An import of a package by one of the worker's own modules. */
export interface PackageImport {
  readonly specifier: string;
  readonly importer: string;
}

/**
 * A file as it counts: its name in its package, the hash of its content, and the numbers, in the order in which they were
 * reached, of the files to which its imports lead.
 */
type InstalledFile = readonly [name: string, sha256: string, imports: readonly number[]];

/** What the imports of packages lead to. */
export interface InstalledGraph {
  /** By import: the numbers of what it leads to. */
  readonly imports: readonly (readonly number[])[];
  readonly files: readonly InstalledFile[];
}

/** A package where it lies, and how it is called: `rules@1.0.0`. */
interface InstalledPackage {
  readonly folder: string;
  readonly label: string;
}

/**
 * All files of installed packages that the imports of a worker reach, over any number of packages, with what their package.json say of
 * what is loaded. Where they lie does not count: files are numbered as they are reached, so that two installations of
 * the same code look the same, wherever a package manager put it, and two copies of a package stay apart.
 */
export function reachInstalled(imports: readonly PackageImport[]): InstalledGraph {
  const walk = new Walk();
  const first = imports.map(({ specifier, importer }) => walk.follow(specifier, importer, null));
  return { imports: first, files: walk.finish() };
}

class Walk {
  readonly #resolver = new ImportResolver();
  readonly #numbers = new Map<string, number>();
  readonly #reached: (() => InstalledFile)[] = [];
  readonly #packages = new Map<string, InstalledPackage>();
  readonly #ways = new Map<string, readonly number[]>();

  /** The numbers of what an import leads to; `within` is the package of the importer, null for the worker's own code. */
  follow(specifier: string, importer: string, within: InstalledPackage | null): readonly number[] {
    // It depends on the folder alone in which the importer lies.
    const way = `${dirname(importer)}\n${within?.folder ?? ''}\n${specifier}`;
    let numbers = this.#ways.get(way);
    if (numbers === undefined) {
      numbers = this.#followFirst(specifier, importer, within);
      this.#ways.set(way, numbers);
    }
    return numbers;
  }

  #followFirst(specifier: string, importer: string, within: InstalledPackage | null): readonly number[] {
    // Eventmend itself counts by its version: it is what runs the worker.
    if (specifier.startsWith('@eventmend/')) {
      const name = describeImportedPackage(specifier, importer);
      return [this.#number(`version ${name}`, () => [name, '', []])];
    }
    const { own, packages } = this.#resolver.resolve(specifier, importer);
    return [
      ...(within === null ? [] : own.map((path) => this.#file(path, within))),
      ...packages.flatMap(({ name, folder, files }) => {
        const owner = this.#packageAt(folder, name);
        return [...this.#describe(owner), ...files.map((path) => this.#file(path, owner))];
      }),
    ];
  }

  finish(): readonly InstalledFile[] {
    const files: InstalledFile[] = [];
    // Reading one reaches others.
    for (let next = 0; next < this.#reached.length; next++) files.push((this.#reached[next] as () => InstalledFile)());
    return files;
  }

  #packageAt(folder: string, name: string): InstalledPackage {
    const known = this.#packages.get(folder);
    if (known !== undefined) return known;
    const version = this.#resolver.manifestOf(folder)?.version ?? '';
    const reached = { folder, label: `${name}@${version}` };
    this.#packages.set(folder, reached);
    return reached;
  }

  /** What a package says of itself. One that is a link to a folder of the user's own counts with all of its code. */
  #describe({ folder, label }: InstalledPackage): readonly number[] {
    const numbers = this.#manifest(folder, () => `${label}/package.json`);
    if (folder.split(sep).includes('node_modules')) return numbers;
    return [...numbers, this.#number(`code ${folder}`, () => [label, hashCodeOf(folder), []])];
  }

  #manifest(folder: string, name: () => string): readonly number[] {
    const manifest = this.#resolver.manifestOf(folder);
    if (manifest === null) return [];
    const { type, main, exports, imports } = manifest;
    return [this.#number(`manifest ${folder}`, () => [name(), JSON.stringify([type, main, exports, imports]), []])];
  }

  #file(path: string, owner: InstalledPackage): number {
    return this.#number(`file ${path}`, () => {
      const { sha256, specifiers } = readInstalledFile(path);
      const imports = specifiers.flatMap((specifier) => this.follow(specifier, path, owner));
      return [nameIn(owner, path), sha256, [...this.#manifestsBetween(owner, dirname(path)), ...imports]];
    });
  }

  /** Folders of a package may say, by a package.json of their own, how the modules in them are read. */
  #manifestsBetween(owner: InstalledPackage, folder: string): readonly number[] {
    if (!folder.startsWith(owner.folder + sep)) return [];
    return [
      ...this.#manifestsBetween(owner, dirname(folder)),
      ...this.#manifest(folder, () => nameIn(owner, join(folder, 'package.json'))),
    ];
  }

  #number(what: string, read: () => InstalledFile): number {
    const known = this.#numbers.get(what);
    if (known !== undefined) return known;
    const number = this.#reached.push(read) - 1;
    this.#numbers.set(what, number);
    return number;
  }
}

function nameIn({ folder, label }: InstalledPackage, path: string): string {
  return `${label}/${relative(folder, path).split(sep).join('/')}`;
}
