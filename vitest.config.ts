import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    allowOnly: false,
    coverage: {
      provider: 'v8',
      include: ['runtime/{engine,expression}/**/*.ts'],
      thresholds: { branches: 100 },
      reporter: ['text'],
    },
    projects: [
      {
        test: {
          name: 'pure',
          include: [
            'test/architecture.test.ts',
            'test/{schemas,engine,expression,mutants,simulation,steps,studio}/**/*.test.ts',
            'test/storage/!(sqlite-)*.test.ts',
            'test/objects/in-node/*.test.ts',
          ],
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                ADMIN_TOKEN: 'the-admin-token-of-the-tests',
                SECRETS_KEY: btoa('stepwell-tests-seal-with-this-32'),
                PUBLIC_URL: 'https://stepwell.example',
                // The endpoints that http steps call are on loopback.
                ALLOW_PRIVATE_NETWORK: '1',
              },
            },
          }),
        ],
        test: {
          name: 'runtime',
          include: ['test/objects/*.test.ts', 'test/http/*.test.ts', 'test/storage/sqlite-*.test.ts'],
          globalSetup: ['test/support/endpoint-server.ts'],
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: './test/builder/wrangler.toml' } })],
        test: { name: 'builder', include: ['test/builder/**/*.test.ts'] },
      },
      {
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
