// The rules that ask the compiler what type something has. oxlint checks them with the native compiler; all others are in
// eslint.config.js. What one line may do in spite of a rule of this file is said in a comment that begins with oxlint-disable.
import { ignored } from './.ci/lint/ignored-files.mjs';
import { classInstances } from './.ci/lint/class-instances.mjs';
import { typedRules } from './.ci/lint/typed-rules.mjs';

export default {
  // Comments that begin with eslint-disable are ESLint's: here they would be reported as unused.
  options: { typeAware: true, reportUnusedDisableDirectives: 'error', respectEslintDisableDirectives: false },
  plugins: ['typescript'],
  categories: { correctness: 'off' },
  ignorePatterns: ignored,
  overrides: [
    {
      files: ['**/*.ts'],
      rules: {
        ...typedRules({ but: [classInstances] }),
        // The likely harmful bugs of this code: a forgotten await, and a union that grew a member.
        '@typescript-eslint/no-floating-promises': 'error',
        '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
        // What was caught and kept is thrown on as it is, whatever it was; a literal is never thrown (ESLint).
        '@typescript-eslint/only-throw-error': 'off',
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
        // A port may answer at once or later; implementations keep the `async` of the port's signature.
        '@typescript-eslint/require-await': 'off',
      },
    },
    {
      files: ['**/*.test.ts', '**/test/**/*.ts', '**/bench/**/*.ts'],
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
  ],
};
