import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { meterWasm } from './meter-wasm.ts'

// Makes the engine of code steps from the package's. workerd compiles no WebAssembly while it runs, and wrangler
// bundles files as they are, so that the result is kept in the repository; a test holds it to this.

const engine = fileURLToPath(import.meta.resolve('@jitl/quickjs-wasmfile-release-sync/wasm'))
const metered = fileURLToPath(new URL('../runtime/steps/quickjs-metered.wasm', import.meta.url))

writeFileSync(metered, meterWasm(readFileSync(engine)))
