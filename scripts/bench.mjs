import { ensureInstalled } from './install.mjs'
import { run } from './run.mjs'

process.exitCode = run(ensureInstalled(), 'test/bench/bench.ts', ...process.argv.slice(2)) ? 0 : 1
