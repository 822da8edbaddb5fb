import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Node 20 runs this file before anything is installed: built-in modules and plain JavaScript only.

export const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Brings node_modules to what package-lock.json says and returns the path of a Node that runs TypeScript.
 * Ends the process with one sentence when it cannot.
 */
export function ensureInstalled() {
  if (!isInstalled()) install()
  const node = findNode() ?? buildNode()
  if (node === undefined) {
    refuse('The package `node` brought no binary; run `npm rebuild node`, or start with Node 24 or newer on the PATH.')
  }
  return node
}

/** @param {string} sentence @returns {never} */
export function refuse(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

/** npm keeps the list of what it installed; a checkout is complete when every locked package is in it. */
function isInstalled() {
  const listOfInstalled = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(listOfInstalled)) return false
  const installed = readPackages(listOfInstalled)
  return Object.entries(readPackages(join(root, 'package-lock.json'))).every(
    ([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version,
  )
}

/** @param {string} path @returns {Record<string, { version: string, optional?: boolean }>} */
function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages
}

/**
 * `npm ci` refuses a lock that does not list the optional binaries of every platform, and npm writes such a lock
 * wherever the registry does not carry them all. `npm install --no-save` obeys the lock and leaves it as it is.
 */
function install() {
  process.stderr.write('Installing what is missing from node_modules; this takes about a minute.\n')
  const options = ['--no-save', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error']
  if (!npm('install', ...options)) refuse('`npm install` failed; its message above says why. Mend that and try again.')
}

/** @param {string[]} args */
function npm(...args) {
  return spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 'inherit'] }).status === 0
}

/** The package `node` links its binary in an install script, which may be switched off; npm keeps the package itself. */
function findNode() {
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'
  const candidates = ['.bin/node', `${prefix}-${process.platform}-${process.arch}/bin/node`]
  const found = candidates.map((path) => join(root, 'node_modules', path)).find((path) => existsSync(path))
  if (found !== undefined) return found
  return Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : undefined
}

function buildNode() {
  return npm('rebuild', 'node', '--ignore-scripts=false', '--loglevel=error') ? findNode() : undefined
}
