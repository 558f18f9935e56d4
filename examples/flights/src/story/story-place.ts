import { join, resolve } from 'node:path';
import { exampleFolder, type DemoPlace } from '../prepare/demo-place.js';

/** The same incident with less and less that survived: an incident file for each, but for the last, which has no log at all. */
export const losses = ['whole', 'half', 'window'] as const;
export type Loss = (typeof losses)[number];

/** Where the story stands: a folder of its own, in which commands are run. */
export function storyPlace(folder = join(exampleFolder, 'data', 'story')): DemoPlace {
  const data = resolve(folder);
  return {
    folder: data,
    incident: join(data, 'whole.incident.yaml'),
    data,
    archive: join(data, 'whole.archive'),
    store: join(data, '.eventmend'),
  };
}
