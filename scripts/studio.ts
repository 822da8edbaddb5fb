import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'vite'

/** Everything the studio's bundle is made of. */
const sources = ['studio', 'schemas', 'runtime/engine', 'runtime/expression', 'package-lock.json']

/** Builds the studio into studio/dist, unless that is already the build of these sources. */
export async function buildStudio(root: string): Promise<void> {
  const stamp = join(root, 'node_modules/.cache/stepwell/studio.sha256')
  const hash = hashSources(root)
  const isBuilt = existsSync(join(root, 'studio/dist/index.html'))
  if (isBuilt && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  await build({ root: join(root, 'studio'), logLevel: 'warn' })
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, hash)
}

function hashSources(root: string): string {
  const hash = createHash('sha256')
  for (const file of sources.flatMap((source) => filesIn(root, source)).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesIn(root: string, source: string): string[] {
  if (statSync(join(root, source)).isFile()) return [source]
  return readdirSync(join(root, source), { withFileTypes: true }).flatMap(({ name }) =>
    source === 'studio' && name === 'dist' ? [] : filesIn(root, join(source, name)),
  )
}
