// The rules that need no types. Those that do are in oxlint.config.mjs.
import { builtinModules } from 'node:module';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { forbiddenSiblings } from './.ci/boundaries/layers.mjs';
import { ignored } from './.ci/lint/ignored-files.mjs';
import { workspacePackages } from './.ci/workspace/paths.mjs';

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

/** What `void` may stand before: a call, what may give a promise, an assignment, and 0. */
const discarded =
  ':matches(CallExpression, ImportExpression, AssignmentExpression, Literal[value=0], ChainExpression:has(> CallExpression))';

export default defineConfig(
  { ignores: ignored },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict],
    rules: {
      // `typeof import('…')` stays allowed: it is how a lazily loaded driver is typed.
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      // In the place of only-throw-error (oxlint.config.mjs): a literal is never thrown.
      'no-throw-literal': 'error',
      // The part of no-meaningless-void-operator that oxlint does not know.
      'no-restricted-syntax': [
        'error',
        {
          selector: `UnaryExpression[operator="void"]:not(:has(> ${discarded}))`,
          message: 'void discards what a call returns; here it does nothing.',
        },
      ],
      // `noUncheckedIndexedAccess` makes bounds visible where they are in doubt; in the loops over typed arrays and
      // pages the bound has just been checked, and a branch per event would cost more than it says.
      '@typescript-eslint/no-non-null-assertion': 'off',
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
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: nodeGlobals } },
);
