import { isBuiltin } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { localSpecifier } from '../local-specifier.js';
import { endingsOfCode } from '../resolve-relative-module.js';
import { findInstalledPackage, packageNameOf } from './find-installed-package.js';
import { Disk } from './disk.js';
import { filesMeant, filesOfFolder } from './files-meant.js';
import { mappedTargets } from './mapped-targets.js';
import { readManifest, type PackageManifest } from './package-manifest.js';

/** What an import may load, all where it really lies. Files that are not there are left out. */
export interface Resolution {
  /** Files of the importer's own package. */
  readonly own: readonly string[];
  readonly packages: readonly ResolvedPackage[];
}

interface ResolvedPackage {
  readonly name: string;
  readonly folder: string;
  readonly files: readonly string[];
}

const nothing: Resolution = { own: [], packages: [] };

/**
 * Resolves an import to every file that it may load: Node takes one for `import` and maybe another for `require`, and the
 * loader of TypeScript a third. Which of them it is, depends on how the importer is loaded. What was looked up is kept for as
 * long as the resolver: make one for each look at the disk.
 */
export class ImportResolver {
  readonly #disk = new Disk();
  readonly #manifests = new Map<string, PackageManifest | null>();
  readonly #folders = new Map<string, string | null>();
  readonly #files = new Map<string, readonly string[]>();

  resolve(specifier: string, importer: string): Resolution {
    if (isBuiltin(specifier)) return nothing;
    const local = localSpecifier(specifier);
    if (local !== null) return { own: this.#filesAt(dirname(importer), local), packages: [] };
    return specifier.startsWith('#') ? this.#resolveAlias(specifier, importer) : this.#resolveName(specifier, importer);
  }

  manifestOf(folder: string): PackageManifest | null {
    return keep(this.#manifests, folder, () =>
      this.#disk.isFile(join(folder, 'package.json')) ? readManifest(folder) : null,
    );
  }

  /** `#name`: what the package of the importer says that it means, a file of its own or another package. */
  #resolveAlias(specifier: string, importer: string): Resolution {
    const scope = this.#scopeOf(importer);
    if (scope === null) return nothing;
    const meant = mappedTargets(scope.manifest.imports, specifier).map((target): Resolution => {
      if (target.startsWith('./')) return { own: this.#meant([join(scope.folder, target)]), packages: [] };
      return target.startsWith('#') ? nothing : this.resolve(target, join(scope.folder, 'package.json'));
    });
    return { own: [...new Set(meant.flatMap(({ own }) => own))], packages: meant.flatMap(({ packages }) => packages) };
  }

  #resolveName(specifier: string, importer: string): Resolution {
    const name = packageNameOf(specifier);
    const inside = `.${specifier.slice(name.length)}`;
    const scope = this.#scopeOf(importer);
    // A package may name itself.
    if (scope !== null && scope.manifest.name === name && (scope.manifest.exports ?? null) !== null)
      return { own: this.#exported(scope.folder, scope.manifest.exports, inside), packages: [] };
    const folder = keep(this.#folders, `${dirname(importer)}\n${name}`, () => findInstalledPackage(name, importer));
    if (folder === null) return nothing;
    return { own: [], packages: [{ name, folder, files: this.#filesOfPackage(folder, inside) }] };
  }

  /** The package to which a file belongs: the next folder up that has a package.json, as Node looks for it. */
  #scopeOf(file: string): { readonly folder: string; readonly manifest: PackageManifest } | null {
    for (let folder = dirname(file); ; folder = dirname(folder)) {
      const manifest = this.manifestOf(folder);
      if (manifest !== null) return { folder, manifest };
      if (folder === dirname(folder)) return null;
    }
  }

  #filesOfPackage(folder: string, inside: string): readonly string[] {
    const exports = this.manifestOf(folder)?.exports ?? null;
    if (exports !== null) return this.#exported(folder, exports, inside);
    if (inside !== '.') return this.#filesAt(folder, inside);
    return keep(this.#files, `${folder}\n${inside}`, () => this.#real(filesOfFolder(folder, this.#disk)));
  }

  #exported(folder: string, exports: unknown, inside: string): readonly string[] {
    return keep(this.#files, `${folder}\n${inside}`, () => {
      const filesNamed = (names: readonly string[]): readonly string[] =>
        this.#meant(names.flatMap((name) => mappedTargets(exports, name)).map((target) => join(folder, target)));
      const files = filesNamed([inside]);
      return files.length > 0 ? files : filesNamed(variantsOf(inside));
    });
  }

  #filesAt(folder: string, local: string): readonly string[] {
    const path = resolve(folder, local) + (/(?:^|\/)\.{0,2}$/.test(local) ? '/' : '');
    return keep(this.#files, path, () => this.#meant([path]));
  }

  #meant(paths: readonly string[]): readonly string[] {
    return this.#real(paths.flatMap((path) => filesMeant(path, this.#disk)));
  }

  #real(files: readonly string[]): readonly string[] {
    return [...new Set(files.map((path) => this.#disk.real(path)))];
  }
}

/** The loader of TypeScript tries names with endings, too, where Node would give up. */
function variantsOf(inside: string): readonly string[] {
  const source = inside.replace(/\.([mc]?)js$/, '.$1ts');
  return [source, ...endingsOfCode.flatMap((ending) => [inside + ending, `${inside}/index${ending}`])];
}

function keep<K, V>(kept: Map<K, V>, key: K, find: () => V): V {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const value = find();
  kept.set(key, value);
  return value;
}
