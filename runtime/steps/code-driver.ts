import { limits } from '../../schemas/limits.ts'

/**
 * JavaScript that runs inside the engine, before the program and around it. It takes clock and chance away, calls the
 * default export and says what came of it. A program may change what is built in, and then harms only itself: nothing
 * that is said here is believed before it is parsed.
 */
export const driver = `(() => {
  'use strict'
  const { parse, stringify } = JSON
  const noClock = () => {
    throw new TypeError('a code step has no clock: give it the time in its input, such as execution.startedAt')
  }
  Math.random = () => {
    throw new TypeError('a code step has no chance: the same input must give the same output')
  }
  Date.now = noClock
  const FixedDate = new Proxy(Date, {
    apply: noClock,
    construct: (date, parts, made) => (parts.length === 0 ? noClock() : Reflect.construct(date, parts, made)),
  })
  Date.prototype.constructor = FixedDate
  globalThis.Date = FixedDate

  const lines = []
  const short = (text) => String(text).slice(0, ${limits.failureMessageChars})
  const inWords = (value) => {
    try {
      return short(typeof value === 'string' ? value : (stringify(value) ?? value))
    } catch {
      return short(value)
    }
  }
  const write = (...values) => {
    if (lines.length === ${limits.codeConsoleLines}) lines.shift()
    lines.push(values.map(inWords).join(' ').slice(0, ${limits.codeConsoleLineChars}))
  }
  globalThis.console = { debug: write, error: write, info: write, log: write, warn: write }

  const { isFinite } = Number
  const faultOf = (value, type) => {
    if (type === 'number') return isFinite(value) ? null : String(value)
    if (type === 'function' || type === 'symbol') return 'a ' + type
    if (type === 'bigint') return 'a BigInt'
    if (type !== 'object') return null
    return value instanceof Map ? 'a Map' : value instanceof Set ? 'a Set' : null
  }
  const toJson = (output) => {
    let fault = null
    let chars = 0
    const text = stringify(output, (key, value) => {
      const type = typeof value
      chars += type === 'string' ? value.length : 1
      if (chars > outputChars) {
        end.state = 'output_too_large'
        throw new RangeError('the output is too large')
      }
      const found = type === 'string' ? null : faultOf(value, type)
      if (found !== null) fault ??= key === '' ? 'it is ' + found : 'it holds ' + found + ' in ' + stringify(key)
      return found === null ? value : null
    })
    return { text: text ?? 'null', fault }
  }

  let input
  let outputChars
  const end = { state: 'pending', value: undefined }
  const succeeded = (output) => {
    end.state = 'output_invalid'
    const { text, fault } = toJson(output)
    if (fault !== null) throw new TypeError(fault)
    end.value = text
    end.state = 'succeeded'
  }
  const failed = (error) => {
    end.value = error
    if (end.state === 'pending') end.state = 'thrown'
  }
  const run = async (loaded) => {
    const { default: main } = await loaded
    if (typeof main === 'function') succeeded(await main(input))
    else end.state = 'no_default'
  }
  const describe = (error) => {
    if (!(error instanceof Error)) return stringify({ name: '', message: inWords(error), stack: '' })
    const { name, message, stack } = error
    return stringify({ name: short(name), message: short(message), stack: short(stack) })
  }
  return {
    give: (text, chars) => {
      input = parse(text)
      outputChars = Number(chars)
    },
    start: (loaded) => {
      run(loaded).then(undefined, failed)
    },
    end,
    describe,
    lines: () => stringify(lines),
  }
})()`
