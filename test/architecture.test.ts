import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { codeFiles, importsOf, installedVersions, sourceFiles, withoutTypes } from './support/source-tree.ts'

const cel = ['@marcbachmann/cel-js', '@bufbuild/re2']
const web = ['hono', '@hono/zod-openapi', 'zod', 'node:crypto']

/** Who may import whom. A folder may always import itself. Read it as the picture of the system. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  schemas: ['zod'],
  migrations: [],
  gate: ['schemas', ...web],
  'runtime/expression': ['schemas', ...cel],
  'runtime/engine': ['schemas', 'runtime/expression', 'zod'],
  'runtime/steps': ['schemas', 'zod'],
  'runtime/storage': ['schemas', 'migrations', 'zod'],
  'runtime/objects': [
    'schemas',
    'migrations',
    'runtime/engine',
    'runtime/expression',
    'runtime/steps',
    'runtime/storage',
    'cloudflare:workers',
    'node:crypto',
    'zod',
  ],
  'runtime/http': ['schemas', 'gate', 'runtime/engine', 'runtime/objects', ...web],
  // The two doors of the runtime: what HTTP and the builder's binding reach.
  'runtime/worker.ts': ['runtime/http', 'runtime/objects', 'runtime/runtime-entrypoint.ts'],
  'runtime/runtime-entrypoint.ts': ['schemas', 'runtime/objects', 'cloudflare:workers'],
  builder: ['schemas', 'gate', 'drizzle-orm', 'drizzle-kit', 'ulid', 'cloudflare:workers', ...web],
  studio: [
    'schemas',
    'runtime/engine',
    'react',
    'react-dom',
    '@tanstack/react-query',
    '@tanstack/react-router',
    '@xyflow/react',
    'lucide-react',
    'zustand',
    'zod',
    'vite',
    '@vitejs/plugin-react',
  ],
  // Tools around the system, not part of it: they start, bundle and check, and import none of it.
  scripts: ['node', 'esbuild', 'miniflare', 'vite', 'workerd', 'wrangler'],
}

/** Files that may be longer than the rest, each with its reason. */
const longFiles: Readonly<Record<string, string>> = {}

const longestFile = 300

const files = sourceFiles()
const code = codeFiles(files)

describe('imports', () => {
  for (const [folder, allowed] of Object.entries(mayImport)) {
    it(`[ARC1] ${folder} imports only ${['itself', ...allowed].join(', ')}`, () => {
      const strays = code
        .filter(({ path }) => rowOf(path) === folder)
        .flatMap(importsOf)
        .filter(({ target }) => ![folder, ...allowed].some((ok) => isWithin(target, ok)))
      expect(strays).toEqual([])
    })
  }

  it('[ARC2] every file of the system has a row in the table', () => {
    const outside = ['test/', 'vitest.config.ts', 'env.d.ts']
    const unplaced = code.filter(({ path }) => !outside.some((start) => path.startsWith(start)) && !rowOf(path))
    expect(unplaced.map(({ path }) => path)).toEqual([])
  })

  it('[ARC3] every row of the table stands for files', () => {
    const rows = new Set(code.map(({ path }) => rowOf(path)))
    expect(Object.keys(mayImport).filter((row) => !rows.has(row))).toEqual([])
  })
})

describe('the world', () => {
  it('[ARC4] the engine, the expressions and the schemas know no clock, no chance and no network', () => {
    const impure =
      /\bnew Date\b|\bDate[.(]|\bMath\.random\b|\bperformance\b|\bcrypto\b|\bfetch\(|\bsetTimeout\b|\bsetInterval\b|\bprocess\.|\bawait\b/
    const pure = ['schemas', 'runtime/engine', 'runtime/expression']
    expect(linesOf(pure, impure)).toEqual([])
  })

  it('[ARC5] only egress lets a request of a step out', () => {
    // A call of the platform's fetch, or of a port that stands for it; a binding's own `.fetch` goes to a Worker of ours.
    const calls = /(?<![.\w]\s*)fetch\(|\bports\.fetch\(/
    expect(filesOf(linesOf(['runtime', 'builder', 'gate'], calls))).toEqual([
      // The one place that hands the platform's fetch to egress.
      'runtime/objects/runners.ts',
      'runtime/steps/egress.ts',
    ])
  })
})

describe('files', () => {
  it(`[ARC6] no file is longer than ${longestFile} lines, but those listed`, () => {
    const measured = files.filter(({ path }) => /\.(ts|tsx|mjs|css|sh)$/.test(path))
    const long = measured.filter(({ text }) => text.split('\n').length - 1 > longestFile)
    expect(long.map(({ path }) => path).sort()).toEqual(Object.keys(longFiles).sort())
  })

  it('[ARC7] no test is left out', () => {
    const leftOut =
      /\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:skip|only|todo|fails|skipIf|runIf)\b|\bx(?:it|describe)\(|\bskip\(/
    expect(linesOf(['test'], leftOut)).toEqual([])
  })

  it('[ARC8] no file names a package registry or a place on one machine', () => {
    const elsewhere = /https?:\/\/[\w.-]*registry[\w.-]*|(?<![\w.$}])\/(?:work|root|home|Users)\/\w/
    const found = files.filter(({ text }) => elsewhere.test(text))
    expect(found.map(({ path, text }) => `${path}: ${text.match(elsewhere)?.[0]}`)).toEqual([])
  })
})

describe('packages', () => {
  it('[ARC9] every dependency has one exact version', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    const versions = Object.entries<string>({ ...dependencies, ...devDependencies })
    expect(versions.length).toBeGreaterThan(0)
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
  })

  it('[ARC10] there is one workerd, the one that package.json names', () => {
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(installedVersions('workerd')).toEqual([devDependencies.workerd])
  })
})

/** The most particular row of the table that this file belongs to. */
function rowOf(path: string): string | undefined {
  const rows = Object.keys(mayImport).filter((row) => isWithin(path, row))
  return rows.sort((a, b) => b.length - a.length)[0]
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`) || (folder === 'node' && path.startsWith('node:'))
}

/** The lines of code, without types and comments, that match. */
function linesOf(folders: readonly string[], pattern: RegExp): string[] {
  return code
    .filter(({ path }) => folders.some((folder) => isWithin(path, folder)))
    .flatMap((file) =>
      withoutTypes(file)
        .split('\n')
        .filter((line) => pattern.test(line))
        .map((line) => `${file.path}: ${line.trim()}`),
    )
}

const filesOf = (lines: readonly string[]) => [...new Set(lines.map((line) => line.slice(0, line.indexOf(':'))))]
