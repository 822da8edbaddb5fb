import { ensureBrowser } from './browser.mjs'
import { ensureInstalled } from './install.mjs'
import { run } from './run.mjs'

const node = ensureInstalled()
ensureBrowser()
process.exitCode = run(node, 'test/system/screens/screens.ts', ...process.argv.slice(2)) ? 0 : 1
