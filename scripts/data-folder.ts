import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Refusal } from './refusal.ts'

/** The one folder that holds everything the server must remember. */
export interface DataFolder {
  /** What workerd keeps: the objects' databases and D1. */
  readonly storage: string
  /** Scratch of this process, emptied at every start because `kill -9` leaves it behind. */
  readonly scratch: string
  readonly workerdPidFile: string
  /** The value kept under this name, made on first use. Readable by the owner only. */
  keep(name: string, make: () => string): { readonly value: string; readonly isNew: boolean; readonly path: string }
  /** Lets another process have the folder. */
  close(): void
}

/** @throws Refusal when the folder cannot be written or another process has it. */
export function openDataFolder(path: string): DataFolder {
  const storage = join(path, 'storage')
  const scratch = join(path, 'scratch')
  makeFolder(path)
  const unlock = lock(path)
  rmSync(scratch, { recursive: true, force: true })
  for (const folder of [storage, scratch]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  return {
    storage,
    scratch,
    workerdPidFile: join(path, 'workerd.pid'),
    keep: (name, make) => keep(join(path, name), make),
    close: unlock,
  }
}

export const makeAdminToken = () => randomBytes(24).toString('base64url')
export const makeSecretsKey = () => randomBytes(32).toString('base64')

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    const probe = join(path, 'write-probe')
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new Refusal(
      `The data folder ${path} cannot be written${code}; set STEPWELL_DATA to a folder that this user may write to.`,
    )
  }
}

/**
 * SQLite's lock belongs to the process in the kernel, so it ends with the process however that dies. A file with a
 * process id would not do: after a crash in a container the same small number is soon some other process.
 */
function lock(path: string): () => void {
  const database = new DatabaseSync(join(path, 'lock.sqlite'))
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (!(error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy)) throw error
    throw new Refusal(
      `Another Stepwell is using the data folder ${path}; stop it, or set STEPWELL_DATA to a different folder.`,
    )
  }
  return () => database.close()
}

const sqliteBusy = 5

function keep(path: string, make: () => string): ReturnType<DataFolder['keep']> {
  if (existsSync(path)) return { value: readFileSync(path, 'utf8').trim(), isNew: false, path }
  const value = make()
  writeFileSync(path, `${value}\n`, { mode: 0o600, flag: 'wx' })
  return { value, isNew: true, path }
}
