import { spawn, spawnSync } from 'node:child_process'

/** How many times a process forced its writes to the disk while `work` ran; null when strace is not installed. */
export async function countSyncs(pid: number, work: () => Promise<void>): Promise<number | null> {
  if (spawnSync('strace', ['-V']).error !== undefined) return null
  const tracer = spawn('strace', ['-f', '-qq', '-e', 'trace=fsync,fdatasync', '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let seen = ''
  tracer.stderr.setEncoding('utf8')
  tracer.stderr.on('data', (chunk: string) => {
    seen += chunk
  })
  await new Promise((resolve) => setTimeout(resolve, 500))
  await work()
  await new Promise((resolve) => setTimeout(resolve, 500))
  tracer.kill('SIGINT')
  await new Promise((resolve) => tracer.once('close', resolve))
  return [...seen.matchAll(/f(?:data)?sync\(/g)].length
}
