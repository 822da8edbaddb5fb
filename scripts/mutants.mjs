import { ensureInstalled } from './install.mjs'
import { run } from './run.mjs'

process.exitCode = run(ensureInstalled(), 'test/mutants/mutants.ts', ...process.argv.slice(2)) ? 0 : 1
