import { ensureInstalled } from './install.mjs'
import { run } from './run.mjs'
import { runVitest } from './vitest.mjs'

const node = ensureInstalled()
// The names of scripts in package.json, so that each can be run alone.
const checks = ['types', 'lint', 'dead-code']

// Every check runs, so one look shows everything there is to mend.
let passed = 0
let failed = 0
for (const check of checks) {
  process.stdout.write(`\n— ${check}\n`)
  if (run('npm', 'run', '--silent', check)) passed += 1
  else failed += 1
}

// Coverage is counted where V8 runs the code itself; the Workers' tests run inside workerd.
for (const args of [
  ['--project=pure', '--coverage'],
  ['--project=runtime', '--project=builder'],
]) {
  process.stdout.write(`\n— tests ${args.join(' ')}\n`)
  const counts = runVitest(node, ...args)
  passed += counts.passed
  failed += counts.failed
}

process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 ? 1 : 0
