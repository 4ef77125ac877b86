import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Child processes of the tests need not compile all packages again.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('node_modules/.cache/compile-tests', import.meta.url),
)

const TESTS = ['src', 'test', 'tools', 'infra', 'web'].map(folder => `${folder}/**/*.test.ts`)
/** Test files that replace modules, and so cannot share them with other files. */
const WITH_MOCKS = [
  'infra/operate/{cdk,deployment}.test.ts',
  'src/accounts/{account-enumeration,email-uniqueness}.test.ts',
  'src/local/upgrade-copy.test.ts',
  'tools/fuzz/fuzz.test.ts',
]

export default defineConfig({
  test: {
    globalSetup: [
      'test/timeout-setup.ts',
      'test/pages-setup.ts',
      'test/postgres-setup.ts',
      'test/unused-rights-setup.ts',
      'web/tests/browser-setup.ts',
    ],
    setupFiles: ['test/file-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What was built for production runs as it was built.
    server: { deps: { external: [/\/build\/pages-/] } },
    pool: 'forks',
    // One more than cores on a small machine: browsers and child processes make tests wait.
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: 'tests', include: TESTS, exclude: WITH_MOCKS, isolate: false } },
      { extends: true, test: { name: 'with mocks', include: WITH_MOCKS } },
    ],
  },
})
