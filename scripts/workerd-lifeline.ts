import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Ties the life of workerd to this process. workerd outlives a parent that dies by `kill -9`: it keeps the port, the
 * data and its alarms. A watcher holds a pipe from this process and ends workerd when the pipe closes.
 * Call it before Miniflare starts workerd. The result ends the watcher; call it once workerd has stopped.
 */
export function tieWorkerdTo(pidFile: string): () => void {
  endLeftover(pidFile)
  process.env['STEPWELL_WORKERD'] = workerdBinary()
  process.env['STEPWELL_WORKERD_PID_FILE'] = pidFile
  process.env['MINIFLARE_WORKERD_PATH'] = fileURLToPath(new URL('workerd.sh', import.meta.url))
  const watcher = startWatcher(pidFile)
  return () => {
    watcher.kill('SIGKILL')
    rmSync(pidFile, { force: true })
  }
}

/** Detached, or what kills this process group would kill the watcher first. */
function startWatcher(pidFile: string): ChildProcess {
  const watcher = spawn(
    '/bin/sh',
    ['-c', 'read -r _; kill -9 "$(cat "$1")"; rm -f "$1"', 'stepwell-watcher', pidFile],
    {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    },
  )
  watcher.unref()
  return watcher
}

/** The watcher may have been killed too. The id is trusted only while it still names a workerd. */
function endLeftover(pidFile: string): void {
  if (!existsSync(pidFile)) return
  const pid = Number(readFileSync(pidFile, 'utf8'))
  if (Number.isSafeInteger(pid) && pid > 1 && commandOf(pid).includes('workerd serve')) process.kill(pid, 'SIGKILL')
  rmSync(pidFile, { force: true })
}

/** Empty when there is no such process. */
function commandOf(pid: number): string {
  const [command, ...args] =
    process.platform === 'linux' ? ['cat', `/proc/${pid}/cmdline`] : ['ps', '-o', 'args=', '-p', `${pid}`]
  return spawnSync(command, args, { encoding: 'utf8' }).stdout.replaceAll('\0', ' ')
}

/** The package knows the binary of this platform, and ships no types. */
function workerdBinary(): string {
  const require = createRequire(import.meta.url)
  return require('workerd').default
}
