import { statSync } from 'node:fs';

/** A file as it was when it was listed. Whoever writes it anew changes its size or the time of its last change. */
export interface ListedFile {
  readonly location: string;
  readonly size: number;
  readonly changedMs: number;
}

/** Which files make up each snapshot of a listing, as plain JSON: who has it need not read them all to find one. */
export interface ListedLayers {
  readonly files: readonly ListedFile[];
  /** By id the places in `files`, the newest first. Pairs, since an id may be any text. */
  readonly layers: readonly (readonly [id: string, files: readonly number[]])[];
}

/** To be called before a file is read: what changes behind that is then seen. Null where there is nothing to look at. */
export function listedFile(location: string): ListedFile | null {
  try {
    const { size, ctimeMs } = statSync(location);
    return { location, size, changedMs: ctimeMs };
  } catch {
    return null; // who reads it will say why
  }
}

/** Snapshots with a file that nobody looked at before it was read are left out. */
export function listLayers(layers: ReadonlyMap<string, readonly string[]>, files: readonly ListedFile[]): ListedLayers {
  const places = new Map(files.map(({ location }, place) => [location, place]));
  return {
    files,
    layers: [...layers].flatMap(([id, locations]) => {
      const of = locations.flatMap((location) => places.get(location) ?? []);
      return of.length === locations.length ? [[id, of] as const] : [];
    }),
  };
}

/** The files of a snapshot; null where it was not listed, or one of them is no longer what was listed. */
export function unchangedLayers({ files, layers }: ListedLayers, id: string): readonly string[] | null {
  const listed = layers.find(([name]) => name === id)?.[1].flatMap((place) => files[place] ?? []);
  return listed?.every(isUnchanged) === true ? listed.map(({ location }) => location) : null;
}

function isUnchanged(file: ListedFile): boolean {
  const now = listedFile(file.location);
  return now?.size === file.size && now.changedMs === file.changedMs;
}
