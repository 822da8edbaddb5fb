import { DurableObject } from 'cloudflare:workers'

interface FloorEnv {
  readonly FLOOR: DurableObjectNamespace<FloorObject>
  readonly EXECUTION: DurableObjectNamespace
}

type StartsExecutions = { start(request: unknown): Promise<unknown> }

/** The least that durability needs: a fresh object, one append, and the fetches. */
export class FloorObject extends DurableObject<FloorEnv> {
  async append(body: string, url: string | null, fetches: number, concurrency: number): Promise<string> {
    this.ctx.storage.transactionSync(() => {
      this.ctx.storage.sql.exec(
        'CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT',
      )
      this.ctx.storage.sql.exec('INSERT INTO events (body) VALUES (?)', body)
    })
    let answer = ''
    let left = fetches
    const lane = async (): Promise<void> => {
      while (url !== null && left > 0) {
        left -= 1
        answer = await (await fetch(url, { method: 'POST', body })).text()
      }
    }
    await Promise.all(Array.from({ length: concurrency }, lane))
    return answer
  }
}

/** The floor over HTTP, and a stopwatch inside workerd for what the network would blur. */
export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/computed') return Response.json({ milliseconds: await timeStart(env, await request.json()) })
    const object = env.FLOOR.get(env.FLOOR.newUniqueId())
    const answer = await object.append(
      await request.text(),
      searchParams.get('url'),
      Number(searchParams.get('fetches') ?? 1),
      Number(searchParams.get('concurrency') ?? 1),
    )
    return new Response(answer, { headers: { 'content-type': 'application/json' } })
  },
} satisfies ExportedHandler<FloorEnv>

/** Starts that are timed together, because workerd's clock tells whole milliseconds. */
const STARTS = 20

/** Milliseconds from asking an execution's object to start until its turn is committed. */
async function timeStart(env: FloorEnv, start: unknown): Promise<number> {
  const before = performance.now()
  for (let count = 0; count < STARTS; count += 1) {
    const stub = env.EXECUTION.get(env.EXECUTION.newUniqueId()) as unknown as StartsExecutions
    await stub.start(start)
  }
  return (performance.now() - before) / STARTS
}
