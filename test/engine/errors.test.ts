import { describe, it } from 'vitest'

import { compileExpression } from '../../runtime/expression/index.ts'
import type { Failure } from '../../schemas/execution-events.ts'
import {
  attemptFailed,
  attemptStarted,
  busy,
  done,
  executionFailed,
  failAttempt,
  made,
  skipped,
  startExecution,
  started,
  stepCancelled,
  stepFailed,
  succeed,
  succeeded,
} from '../support/events.ts'
import { given } from '../support/given.ts'
import { broken, condition, graphOf, http, make, start } from '../support/graphs.ts'

/** What an expression says that reads `missing`; a template says in which field. Its words are the expressions' own matter. */
function missing(expression: string, where: { readonly field?: string } = {}): Failure {
  const compiled = compileExpression('trigger.body.missing', { roots: ['trigger'] })
  const evaluated = compiled.ok ? compiled.expression.evaluate({ trigger: { body: {} } }) : compiled
  if (!('failure' in evaluated)) throw new Error('the expression does not fail')
  const { code, message, details } = evaluated.failure
  return { code, message, details: { ...(details as object), expression, ...where } }
}
const unread = missing('trigger.body.missing', { field: 'value' })

describe('a step that fails', () => {
  it('[ERR1] ends the execution when nothing is said', () => {
    const graph = graphOf([start, http('fetch'), make('after')], ['start -> fetch', 'fetch -> after'])
    given(started(graph), attemptStarted('fetch'))
      .when(failAttempt('fetch'))
      .then(attemptFailed('fetch'), stepFailed('fetch', busy), executionFailed(busy, 'fetch'))
  })

  it('[ERR2] ends the execution, and with it what is in flight', () => {
    const graph = graphOf([start, http('fetch'), http('b'), http('a')], ['start -> fetch', 'start -> b', 'start -> a'])
    given(started(graph), attemptStarted('fetch'), attemptStarted('b'), attemptStarted('a'))
      .when(failAttempt('fetch'))
      .then(
        attemptFailed('fetch'),
        stepFailed('fetch', busy),
        stepCancelled('a'),
        stepCancelled('b'),
        executionFailed(busy, 'fetch'),
      )
  })

  it('[ERR2] begins nothing more in its turn', () => {
    const graph = graphOf([start, broken('bad'), make('good')], ['start -> bad', 'start -> good'])
    given().when(startExecution(graph)).then(started(graph), stepFailed('bad', unread), executionFailed(unread, 'bad'))
  })

  it('[ERR3] leaves by its error port when an edge leads from there', () => {
    const graph = graphOf(
      [start, http('fetch'), make('after'), make('handler')],
      ['start -> fetch', 'fetch -> after', 'fetch.error -> handler'],
    )
    given(started(graph), attemptStarted('fetch'))
      .when(failAttempt('fetch'))
      .then(
        attemptFailed('fetch'),
        stepFailed('fetch', busy, { handled: 'port', ports: ['error'] }),
        skipped('after', ['fetch']),
        made('handler'),
        succeeded('handler'),
      )
  })

  it('[ERR3] leaves by its error port when it is told to, also when no edge leads from there', () => {
    const graph = graphOf(
      [start, http('fetch', { onError: 'port' }), make('after')],
      ['start -> fetch', 'fetch -> after'],
    )
    given(started(graph), attemptStarted('fetch'))
      .when(failAttempt('fetch'))
      .then(
        attemptFailed('fetch'),
        stepFailed('fetch', busy, { handled: 'port', ports: ['error'] }),
        skipped('after', ['fetch']),
        succeeded(null),
      )
  })

  it('[ERR4] ends the execution when it is told to, whatever edges there are', () => {
    const graph = graphOf(
      [start, http('fetch', { onError: 'fail' }), make('handler')],
      ['start -> fetch', 'fetch.error -> handler'],
    )
    given(started(graph), attemptStarted('fetch'))
      .when(failAttempt('fetch'))
      .then(attemptFailed('fetch'), stepFailed('fetch', busy), executionFailed(busy, 'fetch'))
  })

  it('[ERR5] goes on by its other ports when it is told to continue', () => {
    const graph = graphOf(
      [start, http('fetch', { onError: 'continue' }), make('after'), make('handler')],
      ['start -> fetch', 'fetch -> after', 'fetch.error -> handler'],
    )
    given(started(graph), attemptStarted('fetch'))
      .when(failAttempt('fetch'))
      .then(
        attemptFailed('fetch'),
        stepFailed('fetch', busy, { handled: 'continue', ports: ['out'] }),
        made('after'),
        skipped('handler', ['fetch.error']),
        succeeded('after'),
      )
  })

  it('[ERR5] goes on by else when it is a condition', () => {
    const graph = graphOf(
      [start, condition('size', { big: 'trigger.body.missing > 1' }, { onError: 'continue' }), make('a'), make('b')],
      ['start -> size', 'size.big -> a', 'size.else -> b'],
    )
    const failure = missing('trigger.body.missing > 1')
    given()
      .when(startExecution(graph))
      .then(
        started(graph),
        stepFailed('size', failure, { handled: 'continue', ports: ['else'] }),
        skipped('a', ['size.big']),
        made('b'),
        succeeded('b'),
      )
  })

  it('[ERR6] gives later steps its error and no output', () => {
    const graph = graphOf(
      [
        start,
        http('fetch', { onError: 'continue' }),
        make('after', "{{ steps.fetch.error.code + ' ' + steps.fetch.?output.orValue('none') }}"),
      ],
      ['start -> fetch', 'fetch -> after'],
    )
    const detailed = { ...busy, details: { status: 503 } }
    given(started(graph), attemptStarted('fetch'))
      .when(failAttempt('fetch', { failure: detailed }))
      .then(
        attemptFailed('fetch'),
        stepFailed('fetch', detailed, { handled: 'continue', ports: ['out'] }),
        done('after', { value: 'http_503 none' }),
        succeeded('after'),
      )
  })

  it('[ERR6] gives the step at its error port its error with the details', () => {
    const graph = graphOf(
      [start, http('fetch'), make('handler', '{{ steps.fetch.error.details.status }}')],
      ['start -> fetch', 'fetch.error -> handler'],
    )
    const detailed = { ...busy, details: { status: 503 } }
    given(started(graph), attemptStarted('fetch'))
      .when(failAttempt('fetch', { failure: detailed }))
      .then(
        attemptFailed('fetch'),
        stepFailed('fetch', detailed, { handled: 'port', ports: ['error'] }),
        done('handler', { value: 503 }),
        succeeded('handler'),
      )
  })
})

describe('a fail step', () => {
  const fail = (message: string, more = {}) => ({
    id: 'stop',
    kind: 'fail',
    config: { message, code: 'too_small' },
    ...more,
  })

  it('[ERR7] ends the execution with its code and message, and the step before it can be read', () => {
    const graph = graphOf(
      [start, make('size', 40), fail('only {{ steps.size.output.value }}')],
      ['start -> size', 'size -> stop'],
    )
    const failure = { code: 'too_small', message: 'only 40' }
    given()
      .when(startExecution(graph))
      .then(started(graph), done('size', { value: 40 }), stepFailed('stop', failure), executionFailed(failure, 'stop'))
  })

  it('[ERR7] ends the execution whatever its node says about errors', () => {
    const graph = graphOf([start, fail('too small', { onError: 'continue' })], ['start -> stop'])
    const failure = { code: 'too_small', message: 'too small' }
    given()
      .when(startExecution(graph))
      .then(started(graph), stepFailed('stop', failure), executionFailed(failure, 'stop'))
  })

  it('[ERR7] writes a message that is data as JSON', () => {
    const graph = graphOf([start, fail('{{ trigger.body.customer }}')], ['start -> stop'])
    const failure = { code: 'too_small', message: '{"name":"Ada"}' }
    given()
      .when(startExecution(graph))
      .then(started(graph), stepFailed('stop', failure), executionFailed(failure, 'stop'))
  })

  it('[ERR7] ends the execution also when its own text fails', () => {
    const graph = graphOf([start, fail('{{ trigger.body.missing }}', { onError: 'continue' })], ['start -> stop'])
    const failure = missing('trigger.body.missing', { field: '' })
    given()
      .when(startExecution(graph))
      .then(started(graph), stepFailed('stop', failure), executionFailed(failure, 'stop'))
  })

  it('[ERR8] cuts a message that data made too long', () => {
    const graph = graphOf([start, fail('{{ trigger.body }}')], ['start -> stop'])
    const long = { code: 'too_small', message: `${'x'.repeat(2000)}…` }
    const trigger = { body: 'x'.repeat(2001) }
    given()
      .when(startExecution(graph, { trigger }))
      .then(started(graph, { trigger }), stepFailed('stop', long), executionFailed(long, 'stop'))
    const whole = { code: 'too_small', message: 'x'.repeat(2000) }
    const short = { body: whole.message }
    given()
      .when(startExecution(graph, { trigger: short }))
      .then(started(graph, { trigger: short }), stepFailed('stop', whole), executionFailed(whole, 'stop'))
  })
})

describe('an output', () => {
  const graph = graphOf([start, http('fetch', { onError: 'continue' })], ['start -> fetch'])
  const textOfBytes = (bytes: number) => 'x'.repeat(bytes - 2)
  const tooLarge = (bytes: number) => ({
    code: 'output_too_large',
    message: `the output has ${bytes} bytes of JSON, and 1048576 are allowed: keep only what later steps need`,
  })

  it('[STP7] may have 1 MiB of JSON', () => {
    const output = textOfBytes(1_048_576)
    given(started(graph), attemptStarted('fetch'))
      .when(succeed('fetch', output))
      .then(done('fetch', output, { attempt: 1 }), succeeded('fetch'))
  })

  it.each([
    { of: 'one byte more', output: textOfBytes(1_048_577), bytes: 1_048_577 },
    { of: 'two-byte characters', output: 'é'.repeat(524_288), bytes: 1_048_578 },
    { of: 'three-byte characters', output: '€'.repeat(350_000), bytes: 1_050_002 },
    { of: 'four-byte characters', output: '🚀'.repeat(262_144), bytes: 1_048_578 },
    { of: 'escapes', output: '"'.repeat(524_288), bytes: 1_048_578 },
  ])('[STP7] that is larger makes the step fail: $of', ({ output, bytes }) => {
    given(started(graph), attemptStarted('fetch'))
      .when(succeed('fetch', output))
      .then(
        attemptFailed('fetch', 1, { failure: tooLarge(bytes) }),
        stepFailed('fetch', tooLarge(bytes), { handled: 'continue', ports: ['out'] }),
        succeeded(null),
      )
  })

  it('[STP7] of a step that computes is measured too', () => {
    const twice = graphOf([start, make('twice', ['{{ trigger.body }}', '{{ trigger.body }}'])], ['start -> twice'])
    const trigger = { body: 'x'.repeat(524_280) }
    given()
      .when(startExecution(twice, { trigger }))
      .then(
        started(twice, { trigger }),
        stepFailed('twice', tooLarge(1_048_577)),
        executionFailed(tooLarge(1_048_577), 'twice'),
      )
  })

  it('[STP8] may nest a hundred levels and no more', () => {
    const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}"[{"${']'.repeat(levels)}`)
    given(started(graph), attemptStarted('fetch'))
      .when(succeed('fetch', nested(100)))
      .then(done('fetch', nested(100), { attempt: 1 }), succeeded('fetch'))
    const failure = {
      code: 'output_too_deep',
      message: 'the output nests 101 levels, and 100 are allowed: flatten it',
    }
    given(started(graph), attemptStarted('fetch'))
      .when(succeed('fetch', nested(101)))
      .then(
        attemptFailed('fetch', 1, { failure }),
        stepFailed('fetch', failure, { handled: 'continue', ports: ['out'] }),
        succeeded(null),
      )
  })
})
