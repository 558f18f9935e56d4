import { isAbsolute } from 'node:path';
import type { Incident } from './incident.js';

/** Members under which stands code, or where commands are started; and what the tool itself writes. */
const noData: ReadonlySet<string> = new Set(['worker', 'store', 'cwd', 'folder', 'tuning']);

/** The files and folders in which the data of an incident lie, its own file among them. */
export function dataPathsOf(incident: Incident): readonly string[] {
  const paths = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value === 'string') {
      if (isAbsolute(value)) paths.add(value);
    } else if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) if (!noData.has(name)) look(inner);
    }
  };
  look(incident);
  return [...paths].filter((path) => !path.startsWith(`${incident.store}/`));
}
