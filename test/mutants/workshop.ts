import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'

import { assert } from '../../runtime/engine/index.ts'
import type { Mutant } from './mutant.ts'

/** Nothing may run for longer: a mutant can make an endless loop, and is then not found but in the way. */
const PATIENCE_MS = 900_000
const left = new Set(['node_modules', '.git', '.wrangler', '.stepwell', 'dist', 'coverage'])

type Report = { readonly success: boolean; readonly numPassedTests: number; readonly numFailedTests: number }
/** `isSound`: tests ran, all of them passed, and every file could be loaded. */
export type TestRun = { readonly isSound: boolean; readonly failed: number }
/** `seed`: null when every one kept every invariant. */
export type SeedRun = { readonly seed: number; readonly invariant: string } | { readonly seed: null }

/** A copy of the tree in which bugs can be put in, one at a time, while others work on the tree itself. */
export class Workshop {
  readonly #folder = mkdtempSync(join(tmpdir(), 'stepwell-mutants-'))

  constructor() {
    cpSync('.', this.#folder, { recursive: true, filter: (path) => !left.has(basename(path)) })
    symlinkSync(resolve('node_modules'), join(this.#folder, 'node_modules'), 'dir')
    // Tests of the whole tree ask git which files there are.
    spawnSync('git', ['init', '--quiet'], { cwd: this.#folder })
  }

  close(): void {
    rmSync(this.#folder, { recursive: true })
  }

  /** Does something while the bug is there. Null when the code that it changes is not. */
  with<Result>({ file, find, replace }: Mutant, work: () => Result): Result | null {
    const path = join(this.#folder, file)
    const text = readFileSync(path, 'utf8')
    const [before, after, ...more] = text.split(find)
    if (before === undefined || after === undefined || more.length > 0) return null
    writeFileSync(path, before + replace + after)
    try {
      return work()
    } finally {
      writeFileSync(path, text)
    }
  }

  /** Tests of these files; with a name only those whose names hold it. */
  test(files: readonly string[], name = ''): TestRun {
    const path = join(this.#folder, 'report.json')
    rmSync(path, { force: true })
    const named = name === '' ? [] : ['--testNamePattern', name.replaceAll(/[[\]]/g, '\\$&')]
    const reporter = ['--reporter=json', `--outputFile=${path}`]
    this.#run('node_modules/vitest/vitest.mjs', 'run', '--project=pure', ...reporter, ...named, ...files)
    assert(existsSync(path), 'the tests broke off')
    const { success, numPassedTests, numFailedTests } = JSON.parse(readFileSync(path, 'utf8')) as Report
    return { isSound: success && numPassedTests > 0, failed: numFailedTests }
  }

  /** The first of the simulation's seeds that fails. */
  simulate(from: number, seeds: number): SeedRun {
    const printed = this.#run('test/mutants/first-failing-seed.ts', `--from=${from}`, `--seeds=${seeds}`)
    assert(printed !== '', 'the simulation broke off')
    return JSON.parse(printed) as SeedRun
  }

  #run(...args: string[]): string {
    const options = { cwd: this.#folder, timeout: PATIENCE_MS, encoding: 'utf8' } as const
    return spawnSync(process.execPath, args, options).stdout
  }
}
