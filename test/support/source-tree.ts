import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { transformSync } from 'esbuild'

/** A file of the checkout, with its path from the root. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

export interface Import {
  readonly file: string
  /** A path from the root for a file of ours, else the specifier. */
  readonly target: string
}

const isCode = (path: string) => /\.(ts|tsx|mjs)$/.test(path)

/** Every file that git knows or would take: nothing generated, nothing ignored. */
export function sourceFiles(): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  return listed
    .split('\n')
    .filter((path) => path !== '' && existsSync(path) && lstatSync(path).isFile())
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}

export const codeFiles = (files: readonly SourceFile[]) => files.filter(({ path }) => isCode(path))

export function importsOf({ path, text }: SourceFile): Import[] {
  const statements = /^(?:import|export)\s(?:[^'"`;=]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'/gm
  return [...text.matchAll(statements)].map(([, stated, dynamic]) => {
    const specifier = stated ?? dynamic ?? ''
    return { file: path, target: specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : specifier }
  })
}

/** The JavaScript of a file: no types, and no comments to mistake for code. */
export function withoutTypes({ path, text }: SourceFile): string {
  return transformSync(text, { loader: path.endsWith('x') ? 'tsx' : 'ts', legalComments: 'none' }).code
}

/** The versions of a package that node_modules holds, wherever npm has put them. */
export function installedVersions(name: string, folder = 'node_modules'): string[] {
  return packagesIn(folder).flatMap((path) => {
    const nested = join(path, 'node_modules')
    return [
      ...(path.endsWith(`node_modules/${name}`) ? [versionOf(path)] : []),
      ...(existsSync(nested) ? installedVersions(name, nested) : []),
    ]
  })
}

function packagesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(folder, name)).map((scoped) => join(folder, name, scoped))
        : [join(folder, name)],
    )
}

const versionOf = (path: string): string => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')).version
