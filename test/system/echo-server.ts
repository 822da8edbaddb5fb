import type { ServerResponse } from 'node:http'

import { type LocalServer, localServer, type Received } from '../steps/local-server.ts'

/**
 * A server that gives back everything it was sent, in many spellings, in the place that the first
 * segment of the path names. `elsewhere` is the origin that its redirects lead away to.
 */
export const echoServer = (elsewhere: string): Promise<LocalServer> =>
  localServer((request, response) => {
    const mode = /^\/([a-z]+)/.exec(request.url)?.[1] ?? ''
    const answer = answers[mode]
    if (answer === undefined) response.writeHead(404).end(`there is no mode ${mode}`)
    else answer({ echoes: echoesOf(request), request, response, elsewhere })
  })

type Exchange = {
  readonly echoes: readonly string[]
  readonly request: Received
  readonly response: ServerResponse
  readonly elsewhere: string
}

const json = { 'content-type': 'application/json' }

/** As much as an address may hold. Only what an address does not encode once more. */
const inLocation = (request: Received): string =>
  [...partsOf(request), ...echoesOf(request).filter((echo) => /^[\w-]+$/.test(echo))]
    .map(encodeURIComponent)
    .join('&')
    .slice(0, 6_000)

const answers: Readonly<Record<string, (exchange: Exchange) => void>> = {
  json: ({ echoes, response }) => response.writeHead(200, json).end(JSON.stringify({ echoes, keys: asKeys(echoes) })),
  escaped: ({ echoes, response }) => response.writeHead(200, json).end(escapedJson(echoes)),
  text: ({ echoes, response }) => response.writeHead(200, { 'content-type': 'text/html' }).end(echoes.join('\n')),
  bytes: ({ echoes, response }) =>
    response
      .writeHead(200, { 'content-type': 'application/octet-stream' })
      .end(Buffer.concat([Buffer.from([0, 255, 254]), Buffer.from(echoes.join('\u0000'))])),
  headers: ({ echoes, request, response }) => {
    response.writeHead(200, {
      ...Object.fromEntries(echoes.filter(isHeaderText).map((echo, at) => [`x-back-${at}`, echo])),
      [`x-${request.headers['x-plain']}`]: 'as a name',
      'set-cookie': echoes.filter(isHeaderText).map((echo, at) => `c${at}=${echo}`),
    })
    response.end('{}')
  },
  error: ({ echoes, request, response }) =>
    response
      .writeHead(500, String(request.headers['x-plain']), json)
      .end(JSON.stringify({ error: echoes.filter(isShort) })),
  broken: ({ echoes, response }) => response.writeHead(200, json).end(`{"echoes": ${echoes.join('\n')}`),
  hang: ({ echoes, response }) => response.writeHead(200).write(echoes.join('\n')),
  again: ({ echoes, request, response }) =>
    response.writeHead(307, { location: `/landed?echo=${inLocation(request)}` }).end(echoes.join('\n')),
  landed: ({ request, response }) =>
    response
      .writeHead(200, json)
      .end(JSON.stringify({ landed: request.url, headers: request.headers, body: request.body })),
  away: ({ echoes, request, response, elsewhere }) =>
    response.writeHead(302, { location: `${elsewhere}/away?echo=${inLocation(request)}` }).end(echoes.join('\n')),
  handover: ({ response, elsewhere }) => response.writeHead(307, { location: `${elsewhere}/handover` }).end(),
  leave: ({ response, elsewhere }) => response.writeHead(302, { location: `${elsewhere}/leave` }).end(),
}

/** Every part of a request, as it was sent and decoded. */
function partsOf({ url, headers, body }: Received): string[] {
  const basic = /^Basic (.*)$/.exec(headers.authorization ?? '')?.[1] ?? ''
  return [
    ...['authorization', 'x-key', 'x-plain', 'x-narrow'].map((name) => String(headers[name] ?? '')),
    Buffer.from(basic, 'base64').toString(),
    ...leavesOf(body === '' ? null : JSON.parse(body)),
    ...new URL(url, 'http://x').searchParams.values(),
    ...url.split('/'),
    url,
    body,
  ].filter((part) => part.length > 16)
}

const echoesOf = (request: Received): string[] => [...new Set(partsOf(request).flatMap(spelled))]

const spelled = (part: string): string[] => [
  part,
  JSON.stringify(part),
  encodeURIComponent(part),
  ...['base64', 'base64url', 'hex'].map((encoding) => Buffer.from(part).toString(encoding as BufferEncoding)),
  Buffer.from(`y${part}`).toString('base64'),
  Buffer.from(`yy${part}`).toString('base64'),
  Buffer.from(part).toString('hex').toUpperCase(),
]

const leavesOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : []
}

/** A failure keeps 64 KiB of an answer. */
const isShort = (text: string): boolean => text.length < 200
const asKeys = (echoes: readonly string[]) => Object.fromEntries(echoes.map((echo) => [echo, true]))
const isHeaderText = (text: string): boolean => /^[\x20-\x7e]{1,400}$/.test(text)

/** JSON whose every character is written as an escape. */
const escapedJson = (echoes: readonly string[]): string =>
  `[${echoes
    .map(
      (echo) => `"${echo.replaceAll(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`,
    )
    .join(',')}]`
