/**
 * Mutable globals of 32 bits that a metered module exports: what it may still spend, with a sign; how many pages it
 * takes its memory to have, whatever that has; and where its stack is. With its memory they are all that it is.
 */
const exportedGlobals = ['fuel', 'pages', 'stack'] as const

/** The function that a metered module calls when it has spent more than it had. It goes on when that comes back. */
const refuelImport = { module: 'meter', name: 'refuel' } as const

/** Bytes that copying or filling memory gets for one unit, as a power of two. */
const bytesPerUnitLog2 = 4

const section = { type: 1, import: 2, function: 3, global: 6, export: 7, start: 8, element: 9, code: 10 } as const
const kindOf = { function: 0, global: 3 } as const
const i32 = 0x7f
const mutable = 1

/** 2³¹ - 1 as a signed number: a module begins with much fuel, because it may work while it is instantiated. */
const largest = [0xff, 0xff, 0xff, 0xff, 0x07]

/**
 * Rewrites a WebAssembly module so that it pays one unit of fuel for each call and each turn of a loop, and one for
 * each 16 bytes that it copies or fills. When it has overdrawn it calls `refuel`, which gives more, or waits, or throws.
 * Everything that a module does is made of these, so its work is bounded whatever it was asked to do, by the same
 * number on every machine. What it does with its memory is likewise the same whatever memory it has been given.
 */
export function meterWasm(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const sections = sectionsOf(module)
  const contentOf = (id: number): Reader => new Reader(sections.find((found) => found.id === id)?.content ?? none)
  const refuel = imported(contentOf(section.import), kindOf.function)
  const functions = refuel + 1 + contentOf(section.function).count()
  const globals = imported(contentOf(section.import), kindOf.global) + contentOf(section.global).count()
  if (globals !== 1) throw new RangeError('the only global of the module must be its stack')
  const types = contentOf(section.type).count()
  const names = { stack: 0, fuel: 1, pages: 2, refuel, copy: functions, fill: functions + 1 }

  const rewritten: Readonly<Record<number, (content: Reader) => number[]>> = {
    // What copies and fills takes three numbers and gives none; what refuels takes none either.
    [section.type]: (content) =>
      appended(content, [
        [0x60, 3, i32, i32, i32, 0],
        [0x60, 0, 0],
      ]),
    [section.import]: (content) =>
      appended(content, [
        [...text(refuelImport.module), ...text(refuelImport.name), kindOf.function, ...unsigned(types + 1)],
      ]),
    [section.function]: (content) => appended(content, [unsigned(types), unsigned(types)]),
    [section.global]: (content) =>
      appended(content, [
        [i32, mutable, 0x41, ...largest, 0x0b],
        [i32, mutable, 0x41, 0, 0x0b],
      ]),
    [section.export]: (content) => exports(content, names),
    [section.start]: (content) => renumbered(content.unsigned(), names),
    [section.element]: (content) => elements(content, names),
    [section.code]: (content) => meteredCode(content, names),
  }
  const parts = sections.map(({ id, content }) => {
    const rewrite = rewritten[id]
    const bytes = rewrite === undefined ? content : rewrite(new Reader(content))
    return Buffer.concat([Uint8Array.from([id, ...unsigned(bytes.length)]), Uint8Array.from(bytes)])
  })
  return new Uint8Array(Buffer.concat([module.subarray(0, headerBytes), ...parts]))
}

type Names = Readonly<Record<'fuel' | 'pages' | 'stack' | 'refuel' | 'copy' | 'fill', number>>

/** The number of a function now: `refuel` stands behind the other imports, and all after it move on by one. */
const renumbered = (index: number, { refuel }: Names): number[] => unsigned(index < refuel ? index : index + 1)

const headerBytes = 8
const none = Uint8Array.of(0)

class Reader {
  readonly bytes: Uint8Array
  at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length
  }

  byte(): number {
    const byte = this.bytes[this.at]
    if (byte === undefined) throw new RangeError('the module ends in the middle')
    this.at += 1
    return byte
  }

  unsigned(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
  }

  skip(count: number): void {
    this.at += count
  }

  /** A number of any width: where it ends shows in its own bytes. */
  skipNumbers(count: number): void {
    for (let left = count; left > 0; ) if (this.byte() < 0x80) left -= 1
  }

  take(count: number): Uint8Array {
    this.skip(count)
    return this.bytes.subarray(this.at - count, this.at)
  }

  /** How many entries the section says it has. */
  count(): number {
    return new Reader(this.bytes).unsigned()
  }
}

function sectionsOf(module: Uint8Array): { readonly id: number; readonly content: Uint8Array }[] {
  const reader = new Reader(module)
  reader.skip(headerBytes)
  const sections: { id: number; content: Uint8Array }[] = []
  while (!reader.isAtEnd) {
    const id = reader.byte()
    sections.push({ id, content: reader.take(reader.unsigned()) })
  }
  return sections
}

/** How many things of a kind the module imports: they come first when things of that kind are numbered. */
function imported(reader: Reader, kind: number): number {
  let found = 0
  for (let left = reader.unsigned(); left > 0; left -= 1) {
    reader.skip(reader.unsigned())
    reader.skip(reader.unsigned())
    const described = reader.byte()
    if (described === kind) found += 1
    skipDescription(reader, described)
  }
  return found
}

function skipDescription(reader: Reader, kind: number): void {
  const isTable = kind === 1
  const isLimited = isTable || kind === 2
  if (kind === kindOf.function) reader.skipNumbers(1)
  else if (kind === kindOf.global) reader.skip(2)
  else if (!isLimited) throw new RangeError(`an import of kind ${kind} is not known here`)
  if (isTable) reader.skip(1)
  if (isLimited) reader.skipNumbers(reader.byte() % 2 === 1 ? 2 : 1)
}

function appended(content: Reader, entries: readonly (readonly number[])[]): number[] {
  const count = content.unsigned()
  return [...unsigned(count + entries.length), ...content.bytes.subarray(content.at), ...entries.flat()]
}

function exports(content: Reader, names: Names): number[] {
  const count = content.unsigned()
  const entries = Array.from({ length: count }, () => {
    const from = content.at
    content.skip(content.unsigned())
    const kind = content.byte()
    const before = content.bytes.subarray(from, content.at)
    const index = content.unsigned()
    return [...before, ...(kind === kindOf.function ? renumbered(index, names) : unsigned(index))]
  })
  const globals = exportedGlobals.map((name) => [...text(name), kindOf.global, ...unsigned(names[name])])
  return [...unsigned(count + globals.length), ...entries.flat(), ...globals.flat()]
}

/** The tables through which functions are called. Each begins at a constant, and lists functions by their numbers. */
function elements(content: Reader, names: Names): number[] {
  const rewritten: number[] = [...unsigned(content.unsigned())]
  while (!content.isAtEnd) {
    const from = content.at
    const [kind, operation] = [content.unsigned(), content.byte()]
    if (kind !== 0 || operation !== 0x41) throw new RangeError('a table of this kind is not known here')
    content.skipNumbers(1)
    content.skip(1)
    const count = content.unsigned()
    rewritten.push(...content.bytes.subarray(from, content.at))
    for (let left = count; left > 0; left -= 1) rewritten.push(...renumbered(content.unsigned(), names))
  }
  return rewritten
}

function meteredCode(content: Reader, names: Names): number[] {
  const count = content.unsigned()
  const bodies = Array.from({ length: count }, () => meteredBody(new Reader(content.take(content.unsigned())), names))
  const helpers = [bulk([0xfc, 10, 0, 0], names), bulk([0xfc, 11, 0], names)]
  const all = [...bodies, ...helpers]
  const code = unsigned(all.length)
  for (const body of all) {
    for (const byte of unsigned(body.length)) code.push(byte)
    for (const byte of body) code.push(byte)
  }
  return code
}

function meteredBody(body: Reader, names: Names): number[] {
  for (let left = body.unsigned(); left > 0; left -= 1) body.skipNumbers(2)
  const metered = [...body.bytes.subarray(0, body.at), ...payOne(names)]
  while (!body.isAtEnd) {
    const from = body.at
    const opcode = body.byte()
    const operation = opcode === 0xfc ? 0x100 + body.unsigned() : opcode
    skipImmediates(body, operation)
    if (operation === 0x10)
      metered.push(0x10, ...renumbered(new Reader(body.bytes.subarray(from + 1, body.at)).unsigned(), names))
    else if (operation === 0x3f) metered.push(0x23, ...unsigned(names.pages))
    else if (operation === 0x10a) metered.push(0x10, ...unsigned(names.copy))
    else if (operation === 0x10b) metered.push(0x10, ...unsigned(names.fill))
    else metered.push(...body.bytes.subarray(from, body.at))
    if (operation === 0x03) metered.push(...payOne(names))
  }
  return metered
}

const payOne = (names: Names): number[] => pay([0x41, 1], names)

/** `fuel -= price; if (fuel < 0) refuel()`. What is overdrawn is told from what is spent by the sign alone. */
function pay(price: readonly number[], { fuel, refuel }: Names): number[] {
  const global = unsigned(fuel)
  const isOverdrawn = [0x23, ...global, 0x41, 0, 0x48]
  return [0x23, ...global, ...price, 0x6b, 0x24, ...global, ...isOverdrawn, 0x04, 0x40, 0x10, ...unsigned(refuel), 0x0b]
}

/** A function that pays for its third argument, a number of bytes, and then does one operation on all three. */
function bulk(operation: readonly number[], names: Names): number[] {
  const price = [0x20, 2, 0x41, bytesPerUnitLog2, 0x76]
  return [0, ...pay(price, names), 0x20, 0, 0x20, 1, 0x20, 2, ...operation, 0x0b]
}

/** Goes over what belongs to an operation. One that is not known here would be read wrongly from there on, so it ends the work. */
function skipImmediates(body: Reader, operation: number): void {
  if (operation === 0x0e) body.skipNumbers(body.unsigned() + 1)
  else if (operation === 0x1c) body.skipNumbers(body.unsigned())
  else if (operation === 0x43) body.skip(4)
  else if (operation === 0x44) body.skip(8)
  else body.skipNumbers(numbersAfter(operation))
}

/**
 * https://webassembly.github.io/spec/core/binary/instructions.html; 0x100 and more stand for those after the prefix 0xfc.
 * Those that change tables are not known on purpose: what they do would outlive a run.
 */
function numbersAfter(operation: number): number {
  const isIn = (from: number, to: number): boolean => operation >= from && operation <= to
  if (isIn(0x00, 0x01) || operation === 0x05 || operation === 0x0b || operation === 0x0f) return 0
  if (isIn(0x1a, 0x1b) || isIn(0x45, 0xc4) || operation === 0xd1 || isIn(0x100, 0x107)) return 0
  if (isIn(0x02, 0x04) || isIn(0x0c, 0x0d) || operation === 0x10 || isIn(0x20, 0x25)) return 1
  if (operation === 0x3f || isIn(0x41, 0x42) || operation === 0xd0) return 1
  if (operation === 0x109 || operation === 0x10b) return 1
  if (operation === 0x11 || isIn(0x28, 0x3e)) return 2
  if (operation === 0x108 || operation === 0x10a) return 2
  throw new RangeError(`the operation 0x${operation.toString(16)} is not known here`)
}

function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80)
  return [...bytes, rest]
}

const text = (value: string): number[] => {
  const bytes = new TextEncoder().encode(value)
  return [...unsigned(bytes.length), ...bytes]
}
