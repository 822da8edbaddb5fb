import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'

import { meterWasm } from '../../scripts/meter-wasm.ts'

const engine = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')

describe('the engine of code steps', () => {
  it('[CODE14] is the package that is installed, metered', () => {
    const metered = Buffer.from(meterWasm(readFileSync(engine)))
    expect(metered.equals(readFileSync('runtime/steps/quickjs-metered.wasm'))).toBe(true)
  })
})
