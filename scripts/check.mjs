import { ensureInstalled } from './install.mjs'
import { run } from './run.mjs'
import { runVitest } from './vitest.mjs'

const node = ensureInstalled()
const projects = ['tsconfig.json', 'tsconfig.pure.json', 'tsconfig.system.json', 'studio/tsconfig.json']

/** @type {[name: string, check: () => boolean][]} */
const checks = [
  ...projects.map(
    (project) => /** @type {[string, () => boolean]} */ ([`types: ${project}`, () => run('tsc', '-p', project)]),
  ),
  ['lint and format', () => run('biome', 'check', '--error-on-warnings')],
  ['dead code', () => run('knip', '--no-progress')],
]

// Every check runs, so one look shows everything there is to mend.
let passed = 0
let failed = 0
for (const [name, check] of checks) {
  process.stdout.write(`\n— ${name}\n`)
  if (check()) passed += 1
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
