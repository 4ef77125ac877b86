import { defineConfig } from 'vitest/config'

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
