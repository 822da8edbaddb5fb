import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './run.mjs'

/**
 * Runs vitest and counts from its own report. A test that did not run counts as failed, and so does a file that could
 * not be loaded: neither has shown anything.
 * @param {string} node @param {string[]} args
 */
export function runVitest(node, ...args) {
  const folder = mkdtempSync(join(tmpdir(), 'stepwell-vitest-'))
  const report = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  try {
    const ended = run(node, 'node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args)
    const { passed, failed } = count(report)
    // Vitest also fails for what no test is to blame for: coverage below its threshold, an error outside any test.
    return { passed, failed: failed === 0 && !ended ? 1 : failed }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** @param {string} path */
function count(path) {
  const report = read(path)
  if (report === undefined || report.numTotalTests === 0) return { passed: 0, failed: 1 }
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  return { passed: report.numPassedTests, failed: report.numTotalTests - report.numPassedTests + unloaded.length }
}

/**
 * Undefined when vitest ended before it could write.
 * @param {string} path
 * @returns {{ numTotalTests: number, numPassedTests: number, testResults: { status: string, assertionResults: unknown[] }[] } | undefined}
 */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
