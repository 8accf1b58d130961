import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['server/src/**/*.test.{ts,tsx}', 'tools/**/*.test.ts'],
          environment: 'node',
          // These tests share nothing that one could leave behind for the next, and most of their time was loading modules.
          isolate: false,
          // Properties run hundreds of cases: seconds here are what a busy machine takes, never what is measured.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['server/test/contract/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          globalSetup: ['server/test/support/global-setup.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['server/test/{integration,attack,chaos}/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          globalSetup: ['server/test/support/global-setup.ts'],
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['server/test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          globalSetup: ['server/test/support/global-setup.ts'],
        },
      },
    ],
  },
})
