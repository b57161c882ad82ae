import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Who may import whom: see "The rooms" in CONTRIBUTING.md. Types of the core may go everywhere; code may not. */
const rooms = {
  core: { dir: 'core', foreign: ['protocol', 'vscode', 'webview', 'build', 'runner'], node: false },
  protocol: { dir: 'protocol', foreign: ['vscode', 'webview', 'build', 'runner'], node: false, coreTypesOnly: true },
  webview: { dir: 'webview', foreign: ['vscode', 'build', 'runner'], node: false },
  runner: { dir: 'runner', foreign: ['protocol', 'vscode', 'webview', 'build'], node: true },
  vscode: { dir: 'vscode', foreign: ['webview', 'build', 'runner'], node: false, vscode: true, ignores: ['src/vscode/platform/node/**'] },
  node: { dir: 'vscode/platform/node', foreign: ['webview', 'build'], node: true, vscode: true },
};

const isolated = Object.values(rooms).map(({ dir, foreign, node, vscode = false, coreTypesOnly = false, ignores = [] }) => ({
  files: [`src/${dir}/**/*.ts`],
  ignores,
  rules: {
    '@typescript-eslint/no-restricted-imports': ['error', {
      paths: vscode ? [] : [{ name: 'vscode', message: 'Only src/vscode may know the editor.' }],
      patterns: [
        { group: foreign.map((room) => `**/${room}/**`), message: `src/${dir} must not import this room.` },
        ...(node ? [] : [{ group: ['node:*'], message: 'Node is reached through src/vscode/platform/node only.' }]),
        ...(coreTypesOnly ? [{ group: ['**/core/**'], allowTypeImports: true, message: 'The protocol may use the core’s types only.' }] : []),
      ],
    }],
  },
}));

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.vscode-test/', 'roadmap/topics/', 'roadmap/schemas/', 'roadmap/projects/*/starters/', 'roadmap/projects/*/solutions/', 'test/fixtures/', 'test/content/fixtures/'] },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: {
        project: ['src/{core,protocol,webview,vscode,runner,build}/tsconfig.json', 'src/vscode/platform/node/tsconfig.json', 'test/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  { files: ['src/core/**/*.ts'], rules: {
    'no-restricted-properties': ['error',
      { object: 'Date', property: 'now', message: 'Take a Clock.' },
      { object: 'Math', property: 'random', message: 'Take Ids, or a seed.' }],
    'no-restricted-syntax': ['error', { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take a Clock.' }],
  } },
  ...isolated,
  { files: ['src/build/**', 'test/**'], rules: { 'no-console': 'off' } },
  { files: ['test/**'], rules: { '@typescript-eslint/no-unused-expressions': 'off', '@typescript-eslint/unbound-method': 'off' } },
  { files: ['**/*.{js,mjs,cjs}'], extends: [tseslint.configs.disableTypeChecked], languageOptions: { globals: globals.node } },
);
