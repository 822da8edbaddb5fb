import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    allowOnly: false,
    coverage: {
      provider: 'v8',
      include: ['runtime/engine/**', 'runtime/expression/**'],
      thresholds: { branches: 100 },
      reporter: ['text'],
    },
    projects: [
      {
        test: {
          name: 'pure',
          include: [
            'test/architecture.test.ts',
            'test/{schemas,engine,expression,simulation,steps,studio}/**/*.test.ts',
            'test/storage/in-memory-*.test.ts',
          ],
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: './wrangler.toml' } })],
        test: { name: 'runtime', include: ['test/{objects,http}/**/*.test.ts', 'test/storage/sqlite-*.test.ts'] },
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
