import { describe, expect, it } from 'vitest'

import { decide, initialState } from '../../runtime/engine/index.ts'
import { limits } from '../../schemas/limits.ts'
import {
  answered,
  attemptFailed,
  attemptStarted,
  busy,
  done,
  failAttempt,
  made,
  startExecution,
  started,
  stepFailed,
  succeeded,
} from '../support/events.ts'
import { fold, given, logOf, readFrom } from '../support/given.ts'
import { graphOf, http, make, start } from '../support/graphs.ts'

const respond = (id: string, body: unknown, more = {}) => ({ id, kind: 'respond', config: { body, ...more } })
const response = { status: 200, headers: {} }

describe('the output of an execution', () => {
  it('[EXE10] is that of its only leaf that succeeded', () => {
    const graph = graphOf([start, make('first'), make('last')], ['start -> first', 'first -> last'])
    given().when(startExecution(graph)).then(started(graph), made('first'), made('last'), succeeded('last'))
  })

  it('[EXE10] is those of all leaves that succeeded, in the order of the nodes', () => {
    const graph = graphOf([start, make('b'), make('a')], ['start -> a', 'start -> b'])
    given()
      .when(startExecution(graph))
      .then(started(graph), made('a'), made('b'), succeeded(['b', 'a']))
  })

  it('[EXE10] is nothing when no leaf succeeded', () => {
    const graph = graphOf([start, http('fetch', { onError: 'continue' })], ['start -> fetch'])
    given(started(graph), attemptStarted('fetch'))
      .when(failAttempt('fetch'))
      .then(attemptFailed('fetch'), stepFailed('fetch', busy, { handled: 'continue', ports: ['out'] }), succeeded(null))
  })

  it('[RSP1] is what its respond step answers, whatever leaves there are', () => {
    const graph = graphOf(
      [start, respond('reply', { total: '{{ trigger.body.total }}' }), make('after')],
      ['start -> reply', 'reply -> after'],
    )
    given()
      .when(startExecution(graph))
      .then(started(graph), done('reply', { total: 40 }, { response }), made('after'), answered(2))
  })
})

describe('a respond step', () => {
  it('[RSP2] answers with its status, its headers in lower case and its body', () => {
    const config = { status: 201, headers: { 'X-Total': '{{ trigger.body.total }}', 'X-Name': 'Ada' } }
    const graph = graphOf([start, respond('reply', null, config)], ['start -> reply'])
    given()
      .when(startExecution(graph))
      .then(
        started(graph),
        done('reply', null, { response: { status: 201, headers: { 'x-total': '40', 'x-name': 'Ada' } } }),
        answered(2),
      )
  })

  it('[RSP3] answers once: a second one succeeds and answers nobody', () => {
    const graph = graphOf(
      [start, respond('first', 'one'), respond('second', 'two')],
      ['start -> first', 'first -> second'],
    )
    given()
      .when(startExecution(graph))
      .then(started(graph), done('first', 'one', { response }), done('second', 'two'), answered(2))
  })

  it('[RSP4] keeps a header on one line and in ASCII', () => {
    const graph = graphOf(
      [start, respond('reply', null, { headers: { 'x-name': '{{ trigger.body.name }}' } })],
      ['start -> reply'],
    )
    const headersOf = (name: string) => {
      const [, reply] = decided(startExecution(graph, { trigger: { body: { name } } }))
      return reply?.type === 'StepSucceeded' ? reply.response?.headers : undefined
    }
    expect(headersOf('Ada\r\nset-cookie: a=b')).toEqual({ 'x-name': 'Ada set-cookie: a=b' })
    expect(headersOf('Ada\u0000\u0007!')).toEqual({ 'x-name': 'Ada !' })
    expect(headersOf('Zoë 🚀')).toEqual({ 'x-name': 'Zo%C3%AB %F0%9F%9A%80' })
    expect(headersOf('a\ud800b')).toEqual({ 'x-name': 'a%EF%BF%BDb' })
  })

  it('[RSP7] fails when its headers are larger than clients take', () => {
    const graph = graphOf(
      [start, respond('reply', null, { headers: { 'x-name': '{{ trigger.body }}' } })],
      ['start -> reply'],
    )
    const answering = (chars: number) =>
      given().when(startExecution(graph, { trigger: { body: 'é'.repeat(chars) } })).state
    // Six characters each when it is percent-encoded.
    const most = Math.floor((limits.responseHeaderBytes - '{"x-name":""}'.length) / 6)
    expect(answering(most)).toMatchObject({ status: 'succeeded', respondedAt: 2 })
    expect(answering(most + 1)).toMatchObject({ status: 'failed', failedStep: 'reply', respondedAt: 0 })
  })

  it('[RSP6] answers nobody when the execution fails before, and stands when it fails after', () => {
    const between = (first: string, second: string) =>
      graphOf([start, respond('reply', 'one'), http('fetch')], [`start -> ${first}`, `${first} -> ${second}`])
    const before = logOf(startExecution(between('fetch', 'reply')), failAttempt('fetch'))
    expect(fold(before)).toMatchObject({ status: 'failed', respondedAt: 0 })
    const after = logOf(startExecution(between('reply', 'fetch')), failAttempt('fetch'))
    expect(fold(after)).toMatchObject({ status: 'failed', respondedAt: 2 })
  })

  it('[RSP5] does not answer when it fails', () => {
    const graph = graphOf([start, respond('reply', '{{ trigger.body.missing }}')], ['start -> reply'])
    expect(given().when(startExecution(graph)).state).toMatchObject({ status: 'failed', respondedAt: 0 })
  })
})

function decided(...[command, state = initialState()]: [Parameters<typeof decide>[0], Parameters<typeof decide>[1]?]) {
  const decision = decide(command, state, readFrom([]))
  if (!decision.ok) throw new Error(`rejected: ${decision.rejection.reason}`)
  return decision.events
}
