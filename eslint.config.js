import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** What only `kernel/` may touch: time, chance and the network are handed in everywhere else. */
const outside = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0], CallExpression[callee.name='Date']",
    message: 'Ask `Outside.now()` for the time: tests own the clock.',
  },
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Ask `Outside.now()` for the time: tests own the clock.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Ask `Outside.randomBytes()`: Math.random can be foreseen.',
  },
  {
    selector:
      "ImportDeclaration[source.value='node:crypto'] > ImportSpecifier[imported.name=/^random(Bytes|Int|UUID|FillSync)?$/]",
    message: 'Ask `Outside.randomBytes()` for chance: tests own it.',
  },
]

const namedExportsOnly = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export it by name: a default export is called something else in every file.',
}

/** Variables of the process are read in `config/environment.ts` and nowhere else. */
const environment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Take what you need as an argument: the environment is read in config/ only.',
}

const network = { name: 'fetch', message: 'Take a fetch as an argument: outgoing requests are guarded.' }

export default defineConfig(
  globalIgnores(['**/dist/', '**/node_modules/', '.cache/', '**/.rekey/', 'server/src/http/portal/browser/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['vitest.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        // A written `default` is a decision; a forgotten member of a union is not.
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      // Callbacks such as `() => stream.write(text)` are read for their effect.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // A port promises; what answers at once still has to reject instead of throw.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // Dependencies are objects of functions that are taken apart where they are used; none of them has a `this`.
      '@typescript-eslint/unbound-method': 'off',
      // Spreading a text counts code points, which is what lengths and bounds are about here.
      '@typescript-eslint/no-misused-spread': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-globals': ['error', network],
      'no-restricted-syntax': ['error', namedExportsOnly, environment, ...outside],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['server/src/kernel/**'],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-syntax': ['error', namedExportsOnly, environment],
    },
  },
  {
    files: ['server/src/config/environment.ts'],
    rules: { 'no-restricted-syntax': ['error', namedExportsOnly, ...outside] },
  },
  {
    // Tests meet the real clock, real chance and the real network, and look into answers of unknown shape.
    files: ['**/*.{test,testing}.{ts,tsx}', 'server/test/**', 'tools/**', 'bench/**'],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-syntax': ['error', namedExportsOnly],
      'no-console': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // What others export by default has to be described as that.
    files: ['vitest.config.ts', 'eslint.config.js', '**/*.d.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
)
