import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { refuse } from './install.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const onMac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** The path of a Chromium, or undefined. CHROMIUM_PATH is taken at its word, so a wrong one is noticed. */
export function findBrowser() {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const candidates = [...names.flatMap((name) => folders.map((folder) => join(folder, name))), onMac]
  return process.env['CHROMIUM_PATH'] || candidates.find(isExecutable)
}

/** Installs Debian's Chromium when there is no browser; ends the process with one sentence when that fails. */
export function ensureBrowser() {
  if (findBrowser() !== undefined) return
  process.stderr.write('Installing Chromium for the tests of the studio; this takes a few minutes.\n')
  if (!apt('update') || !apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation')) {
    refuse('There is no Chromium and apt-get could not install it; install one, or set CHROMIUM_PATH to its binary.')
  }
}

/** @param {string[]} args */
function apt(...args) {
  const command = process.getuid?.() === 0 ? ['apt-get', '-q', ...args] : ['sudo', '-n', 'apt-get', '-q', ...args]
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync('env', command, { env, stdio: ['ignore', 2, 'inherit'] }).status === 0
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
