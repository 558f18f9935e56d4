import tseslint from 'typescript-eslint';

const prefix = '@typescript-eslint/';

/**
 * The rules of typescript-eslint's strictest selection that need types, with its options. A newer typescript-eslint may bring
 * one more; where oxlint does not know its name, it says so and ends.
 *
 * @param {{ but: readonly string[] }} exceptions names of rules that are checked in another way
 */
export function typedRules({ but }) {
  const chosen = Object.assign({}, ...tseslint.configs.strictTypeChecked.map(({ rules }) => rules));
  const needsTypes = (name) =>
    name.startsWith(prefix) && tseslint.plugin.rules[name.slice(prefix.length)].meta.docs.requiresTypeChecking === true;
  const isOn = (setting) => [setting].flat()[0] !== 'off';
  return Object.fromEntries(
    Object.entries(chosen).filter(
      ([name, setting]) => needsTypes(name) && isOn(setting) && !but.includes(name.slice(prefix.length)),
    ),
  );
}
