/**
 * A module in the folder of the one that asks, by the ending that this one has: `.js` when built, `.ts` where sources run as
 * they are.
 * @param here `import.meta.url` of the module that asks
 */
export function moduleBeside(here: string, name: string): string {
  const ending = here.endsWith('.ts') ? 'ts' : 'js';
  return new URL(`./${name}.${ending}`, here).href;
}
