import { type Browser, chromium } from 'playwright-core'
import { findBrowser } from '../../scripts/browser.mjs'

/** A headless Chromium. `npm test` has installed one when there was none. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser()
  if (executablePath === undefined) throw new Error('There is no Chromium; run `npm test`, or set CHROMIUM_PATH.')
  // Chromium's own sandbox refuses to work for root, which is who runs the tests in a container.
  const isRoot = process.getuid?.() === 0
  return chromium.launch({ executablePath, args: isRoot ? ['--no-sandbox'] : [] })
}
