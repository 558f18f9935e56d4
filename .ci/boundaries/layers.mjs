const scope = '@eventmend/';
const base = `${scope}core`;
const top = `${scope}cli`;
/** Servers that tests start, of no package of ours and never published; that only tests import them is a rule of its own. */
const forTests = `${scope}test-services`;

/** The wings of core: the folders of its `src`. Each imports only those that stand before it. */
export const wings = {
  folder: 'packages/core/src',
  names: ['model', 'worker', 'sources', 'engine', 'evidence', 'runs', 'incident', 'testing'],
};

const isExample = (name) => name.startsWith(`${scope}example`);

/**
 * Which packages of ours a package may know: cli -> the strategies -> core -> nothing. Whatever is none of these and no
 * example is a strategy, so a package that is added later falls under the rule without being named here.
 */
export function mayImport(importer, imported) {
  if (isExample(imported) || importer === forTests) return false;
  if (imported === forTests) return true;
  if (importer === top || isExample(importer)) return true;
  return importer !== base && imported === base;
}

/** The same rule as patterns for the linter. A package may name itself: its tests do, to see what a user sees. */
export function forbiddenSiblings(packageName) {
  if (packageName === top) return [{ group: [`${scope}example*`], message: 'Nothing depends on an example.' }];
  const allowed = packageName === base ? [base, forTests] : [base, packageName, forTests];
  const names = allowed.map((name) => name.slice(scope.length)).join('|');
  return [
    {
      regex: `^${scope}(?!(?:${names})(?:/|$))`,
      message:
        'core imports no package of ours, a strategy imports core alone: declare a port there, have it handed in.',
    },
  ];
}
