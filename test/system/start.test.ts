import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, runServer, startServer, type TestServer } from '../support/server.ts'

const oneSentence = /^[A-Z][^\n]*\.\n$/

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwell-start-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a start that cannot work says what to do and ends with 1', () => {
  it('[RUN1] when the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0

    const { code, stdout, stderr } = await runServer({ PORT: String(port), STEPWELL_DATA: join(folder, 'used-port') })
    other.close()

    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: `Port ${port} is in use; stop what uses it, or set PORT to a free one.\n`,
    })
  })

  it('[RUN2] when the data folder cannot be written', async () => {
    // Root may write anywhere, so the folder is put where nobody can make one: below a regular file.
    writeFileSync(join(folder, 'file'), '')
    const { code, stderr } = await runServer({ STEPWELL_DATA: join(folder, 'file/data') })
    expect(code).toBe(1)
    expect(stderr).toMatch(oneSentence)
    expect(stderr).toContain('set STEPWELL_DATA to a folder that this user may write to')
  })

  for (const [name, value] of [
    ['PORT', 'eighty'],
    ['PORT', '65536'],
    ['PORT', '0'],
    ['SECRETS_KEY', 'c2hvcnQ='],
    ['ALLOW_PRIVATE_NETWORK', 'yes'],
    ['PUBLIC_URL', 'https://flows.example/actions'],
    ['PUBLIC_URL', 'flows.example'],
  ] as const) {
    it(`[RUN3] when ${name} is ${value}`, async () => {
      const { code, stderr } = await runServer({ [name]: value, STEPWELL_DATA: join(folder, 'bad-value') })
      expect(code).toBe(1)
      expect(stderr).toMatch(oneSentence)
      expect(stderr).toContain(name)
    })
  }

  it('[RUN4] and never repeats a wrong SECRETS_KEY', async () => {
    const { stderr } = await runServer({ SECRETS_KEY: 'almost-a-key', STEPWELL_DATA: join(folder, 'bad-key') })
    expect(stderr).not.toContain('almost-a-key')
  })
})

describe('a server', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ dataFolder: join(folder, 'data') })
  })
  afterAll(() => server.stop())

  it('[RUN5] prints a link to sign in with at its first start, and only then', async () => {
    const link = `http://localhost:${server.port}/sign-in#token=${server.token}\n`
    expect(server.stdout).toContain(link)
    await server.restart()
    expect(server.stdout.split(link)).toHaveLength(2)
  })

  it('[RUN6] keeps its token and key where only the owner can read them', () => {
    for (const name of ['admin-token', 'secrets-key']) {
      expect(statSync(join(server.dataFolder, name)).mode & 0o777).toBe(0o600)
    }
    expect(Buffer.from(readFileSync(join(server.dataFolder, 'secrets-key'), 'utf8'), 'base64')).toHaveLength(32)
  })

  it('[RUN7] refuses its data to a second process and goes on serving', async () => {
    const { code, stderr } = await runServer({ PORT: String(await freePort()), STEPWELL_DATA: server.dataFolder })
    expect(code).toBe(1)
    expect(stderr).toMatch(oneSentence)
    expect(stderr).toContain('Another Stepwell is using the data folder')
    expect((await server.fetch('/api/health')).status).toBe(200)
  })

  it('[RUN8] takes no workerd with it into the next start when it is killed', async () => {
    const workerd = workerdOf(server)
    await server.kill9()
    await untilGone(workerd)
    await expect(fetch(`${server.url}/api/health`)).rejects.toThrow('fetch failed')

    await server.restart()
    expect(workerdOf(server)).not.toBe(workerd)
    expect((await server.fetch('/api/health')).status).toBe(200)
  })

  it('[RUN9] ends within two seconds and with 0 when Ctrl-C reaches its whole process group', async () => {
    const workerd = workerdOf(server)
    const { process: child } = server
    const startedAt = performance.now()
    // The shell sends the signal to every process of the group, workerd among them.
    process.kill(-(child.pid ?? Number.NaN), 'SIGINT')
    const [code] = await once(child, 'exit')

    expect(code).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    await untilGone(workerd)
    await server.restart()
  })

  it('[RUN10] ends with 0 on SIGTERM', async () => {
    server.process.kill('SIGTERM')
    const [code] = await once(server.process, 'exit')
    expect(code).toBe(0)
    await server.restart()
  })

  it('[RUN11] says nothing on standard error while all is well', () => {
    expect(server.stderr).toBe('')
  })
})

describe('a server that is told its token', () => {
  it('[RUN12] prints no token and keeps none', async () => {
    await using server = await startServer({
      env: { ADMIN_TOKEN: 'told-by-the-environment', ALLOW_PRIVATE_NETWORK: '1' },
    })
    expect(server.stdout).not.toContain('told-by-the-environment')
    expect(server.stdout).not.toContain('sign-in')
    expect(server.stdout).toContain('ALLOW_PRIVATE_NETWORK=1')
    expect(() => statSync(join(server.dataFolder, 'admin-token'))).toThrow('ENOENT')
  })
})

describe('npm start', () => {
  for (const [id, signal, code] of [
    ['RUN13', 'SIGINT', 0],
    ['RUN14', 'SIGTERM', 0],
    ['RUN15', 'SIGKILL', null],
  ] as const) {
    it(`[${id}] leaves no server behind when npm alone gets ${signal}`, async () => {
      const port = await freePort()
      const { PATH = '', HOME = '' } = process.env
      const npm = spawn('npm', ['start'], {
        env: { PATH, HOME, PORT: String(port), STEPWELL_DATA: join(folder, id) },
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
      })
      await untilPrinted(npm.stdout, 'Stepwell serves')
      const workerd = Number(readFileSync(join(folder, id, 'workerd.pid'), 'utf8'))
      const exit = once(npm, 'exit')
      npm.kill(signal)

      expect(await exit).toEqual([code, code === null ? signal : null])
      await untilGone(workerd)
      await expect(fetch(`http://127.0.0.1:${port}/api/health`)).rejects.toThrow('fetch failed')
    })
  }
})

const workerdOf = (server: TestServer) => Number(readFileSync(join(server.dataFolder, 'workerd.pid'), 'utf8'))

/** Goes on reading afterwards: a closed pipe would end the writer. */
async function untilPrinted(stream: Readable, text: string): Promise<void> {
  let printed = ''
  await new Promise<void>((resolve, reject) => {
    stream.setEncoding('utf8').on('data', (chunk) => {
      printed += chunk
      if (printed.includes(text)) resolve()
    })
    stream.once('end', () => reject(new Error(`"${text}" was never printed, only "${printed}"`)))
  })
}

async function untilGone(pid: number): Promise<void> {
  const deadline = performance.now() + 1_000
  while (isAlive(pid)) {
    if (performance.now() > deadline) throw new Error(`process ${pid} is still there after a second`)
    await sleep(5)
  }
}

/** A process that has ended may stay listed, without memory or files, until its parent asks for its exit code. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.startsWith('Z')
}
