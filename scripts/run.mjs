import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { root } from './install.mjs'

/** Children find the installed Node and tools first, as under npm's scripts. */
const env = {
  ...process.env,
  PATH: [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
  WRANGLER_SEND_METRICS: 'false',
  DO_NOT_TRACK: '1',
}

/**
 * Runs a command in the checkout, showing what it prints. True when it ended with 0.
 * @param {string} command @param {string[]} args
 */
export function run(command, ...args) {
  return spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}
