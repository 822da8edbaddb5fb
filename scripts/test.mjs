import { ensureBrowser } from './browser.mjs'
import { ensureInstalled } from './install.mjs'
import { runVitest } from './vitest.mjs'

const node = ensureInstalled()
ensureBrowser()
const { passed, failed } = runVitest(node, ...process.argv.slice(2))
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 ? 1 : 0
