import { builtinModules } from 'node:module';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { forbiddenSiblings } from './.ci/boundaries/layers.mjs';
import { workspacePackages } from './.ci/workspace/paths.mjs';

const typescript = ['**/*.ts'];
const tests = ['**/*.test.ts', '**/test/**/*.ts', '**/bench/**/*.ts'];
const nodeGlobals = Object.fromEntries(
  ['process', 'console', 'performance', 'URL', 'Buffer', 'setTimeout', 'clearTimeout'].map((name) => [
    name,
    'readonly',
  ]),
);

/** Boundaries while one types; the step `boundaries` of npm test checks the same list, and more, with dependency-cruiser. */
const boundaries = workspacePackages('packages').map(({ folder, manifest }) => ({
  files: [`${folder}/**/*.ts`],
  rules: {
    '@typescript-eslint/no-restricted-imports': ['error', { patterns: forbiddenSiblings(manifest.name) }],
  },
}));

export default defineConfig(
  { ignores: ['**/dist/', 'packages/*/bundle/', '**/out-tsc/', '.nx/', '**/test-output/', 'examples/*/data/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: typescript,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // The likely harmful bugs of this code: a forgotten await, and a union that grew a member.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // `typeof import('…')` stays allowed: it is how a lazily loaded driver is typed.
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      // What was caught and kept is thrown on as it is, whatever it was; a literal is never thrown.
      '@typescript-eslint/only-throw-error': 'off',
      'no-throw-literal': 'error',
      // Wrong where a closure changes a variable during an await, and where a type describes what a file should hold.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // The types of Node say `boolean` where a stream that is no terminal has nothing at all.
      '@typescript-eslint/no-unnecessary-boolean-literal-compare': 'off',
      '@typescript-eslint/no-unnecessary-type-conversion': 'off',
      // A type argument that is the default may still be worth reading.
      '@typescript-eslint/no-unnecessary-type-arguments': 'off',
      // A type parameter names what a reader of JSON expects to find.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Ports are records of functions made by closures; there is no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      // Numbers read well in a message; everything else that has no text of its own stays an error.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `() => list.push(x)` and a method that returns another void call are no confusion.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // `noUncheckedIndexedAccess` makes bounds visible where they are in doubt; in the loops over typed arrays and
      // pages the bound has just been checked, and a branch per event would cost more than it says.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A port may answer at once or later; implementations keep the `async` of the port's signature.
      '@typescript-eslint/require-await': 'off',
      // Overloads with a doc comment each say more than one signature over a union.
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  { files: ['packages/*/src/**/*.ts'], ignores: ['packages/cli/**'], rules: { 'no-console': 'error' } },
  ...boundaries,
  {
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: builtinModules
            .filter((name) => !name.startsWith('node:'))
            .map((name) => ({ name, message: 'Write it with node: in front.' })),
        },
      ],
    },
  },
  {
    files: tests,
    rules: {
      // Tests hand in what types forbid, on purpose.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
    },
  },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: nodeGlobals } },
);
