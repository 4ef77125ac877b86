import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Each test file has a process of its own, which then need not compile all packages again.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('node_modules/.cache/compile-tests', import.meta.url),
)

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'test/**/*.test.ts',
      'tools/**/*.test.ts',
      'infra/**/*.test.ts',
      'web/**/*.test.ts',
    ],
    globalSetup: [
      'test/timeout-setup.ts',
      'test/pages-setup.ts',
      'test/postgres-setup.ts',
      'test/unused-rights-setup.ts',
      'web/tests/browser-setup.ts',
    ],
    setupFiles: ['test/log-leak-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What was built for production runs as it was built.
    server: { deps: { external: [/\/build\/pages-/] } },
    pool: 'forks',
    maxWorkers: 2,
  },
})
