import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';

type Kind = 'file' | 'folder' | 'link';

/** A folder where it really lies, and what is in it, by its name in small letters: some disks do not tell them apart. */
interface Listing {
  readonly folder: string;
  readonly entries: ReadonlyMap<string, { readonly name: string; readonly kind: Kind }>;
}

/**
 * What is where, as it was when it was first asked for: make one for each look at the disk. Folders of installed packages
 * are listed once, since an import without an ending asks for a dozen names; a folder of the user's own may hold a million
 * files beside the code, so there each name is asked for.
 */
export class Disk {
  readonly #listings = new Map<string, Listing | null>();

  isFile(path: string): boolean {
    return this.#kindOf(path) === 'file';
  }

  isFolder(path: string): boolean {
    return this.#kindOf(path) === 'folder';
  }

  /** Where it really lies. */
  real(path: string): string {
    const listing = this.#listingOf(path);
    const name = basename(path);
    const entry = listing?.entries.get(name.toLowerCase());
    if (listing === null || entry?.name !== name || entry.kind === 'link') return realpathSync.native(path);
    return join(listing.folder, name);
  }

  #kindOf(path: string): Kind | null {
    const listing = this.#listingOf(path);
    const name = basename(path);
    const entry = listing?.entries.get(name.toLowerCase());
    if (listing !== null && entry === undefined) return null;
    return entry?.name === name && entry.kind !== 'link' ? entry.kind : kindAt(path);
  }

  /** Null where a folder is not listed. */
  #listingOf(path: string): Listing | null {
    const folder = dirname(path);
    if (!folder.includes(`${sep}node_modules${sep}`)) return null;
    let listing = this.#listings.get(folder);
    if (listing === undefined) {
      listing = list(folder);
      this.#listings.set(folder, listing);
    }
    return listing;
  }
}

function list(folder: string): Listing | null {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const kind: Kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'link';
      return [entry.name.toLowerCase(), { name: entry.name, kind }] as const;
    });
    return { folder: realpathSync.native(folder), entries: new Map(entries) };
  } catch {
    return null;
  }
}

function kindAt(path: string): Kind | null {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? null : found.isDirectory() ? 'folder' : found.isFile() ? 'file' : null;
  } catch {
    return null; // too long for a name, or no name at all: what looked like an import was none
  }
}
