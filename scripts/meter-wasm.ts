/** The name under which a metered module exports what it may still spend: a mutable global, 32 bits. */
const fuelExport = 'fuel'

/** Bytes that copying or filling memory gets for one unit, as a power of two. */
const bytesPerUnitLog2 = 6

const section = { type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 } as const
const kindOf = { function: 0, global: 3 } as const
const i32 = 0x7f

/** 2³¹ - 1 as a signed number: a module begins with much fuel, because it may work while it is instantiated. */
const largest = [0xff, 0xff, 0xff, 0xff, 0x07]

/**
 * Rewrites a WebAssembly module so that it pays one unit of fuel for each call and each turn of a loop, and one for
 * each 64 bytes that it copies or fills; without fuel it traps. Everything that a module does is made of these, so
 * its work is bounded whatever it was asked to do, by the same number on every machine.
 */
export function meterWasm(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const sections = sectionsOf(module)
  const contentOf = (id: number): Reader => new Reader(sections.find((found) => found.id === id)?.content ?? none)
  const functions = imported(contentOf(section.import), kindOf.function) + contentOf(section.function).count()
  const fuel = imported(contentOf(section.import), kindOf.global) + contentOf(section.global).count()
  const copyType = contentOf(section.type).count()
  const names = { fuel, copy: functions, fill: functions + 1 }

  const rewritten: Readonly<Record<number, (content: Reader) => number[]>> = {
    // What copies and fills takes three numbers and gives none.
    [section.type]: (content) => appended(content, [[0x60, 3, i32, i32, i32, 0]]),
    [section.function]: (content) => appended(content, [unsigned(copyType), unsigned(copyType)]),
    [section.global]: (content) => appended(content, [[i32, 1, 0x41, ...largest, 0x0b]]),
    [section.export]: (content) => appended(content, [[...text(fuelExport), kindOf.global, ...unsigned(fuel)]]),
    [section.code]: (content) => meteredCode(content, names),
  }
  const parts = sections.map(({ id, content }) => {
    const rewrite = rewritten[id]
    const bytes = rewrite === undefined ? content : rewrite(new Reader(content))
    return Buffer.concat([Uint8Array.from([id, ...unsigned(bytes.length)]), Uint8Array.from(bytes)])
  })
  return new Uint8Array(Buffer.concat([module.subarray(0, headerBytes), ...parts]))
}

type Names = { readonly fuel: number; readonly copy: number; readonly fill: number }

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
    if (operation === 0x10a) metered.push(0x10, ...unsigned(names.copy))
    else if (operation === 0x10b) metered.push(0x10, ...unsigned(names.fill))
    else metered.push(...body.bytes.subarray(from, body.at))
    if (operation === 0x03) metered.push(...payOne(names))
  }
  return metered
}

/** `if (fuel == 0) trap; fuel -= 1` */
const payOne = ({ fuel }: Names): number[] => {
  const global = unsigned(fuel)
  return [0x23, ...global, 0x45, 0x04, 0x40, 0x00, 0x0b, 0x23, ...global, 0x41, 1, 0x6b, 0x24, ...global]
}

/** A function that pays for its third argument, a number of bytes, and then does one operation on all three. */
function bulk(operation: readonly number[], { fuel }: Names): number[] {
  const global = unsigned(fuel)
  const price = [0x20, 2, 0x41, bytesPerUnitLog2, 0x76]
  const trap = [0x41, 0, 0x24, ...global, 0x00]
  const isTooMuch = [...price, 0x23, ...global, 0x4f]
  const pay = [0x23, ...global, ...price, 0x6b, 0x24, ...global]
  return [0, ...isTooMuch, 0x04, 0x40, ...trap, 0x0b, ...pay, 0x20, 0, 0x20, 1, 0x20, 2, ...operation, 0x0b]
}

/** Goes over what belongs to an operation. One that is not known here would be read wrongly from there on, so it ends the work. */
function skipImmediates(body: Reader, operation: number): void {
  if (operation === 0x0e) body.skipNumbers(body.unsigned() + 1)
  else if (operation === 0x1c) body.skipNumbers(body.unsigned())
  else if (operation === 0x43) body.skip(4)
  else if (operation === 0x44) body.skip(8)
  else body.skipNumbers(numbersAfter(operation))
}

/** https://webassembly.github.io/spec/core/binary/instructions.html; 0x100 and more stand for those after the prefix 0xfc. */
function numbersAfter(operation: number): number {
  const isIn = (from: number, to: number): boolean => operation >= from && operation <= to
  if (isIn(0x00, 0x01) || operation === 0x05 || operation === 0x0b || operation === 0x0f) return 0
  if (isIn(0x1a, 0x1b) || isIn(0x45, 0xc4) || operation === 0xd1 || isIn(0x100, 0x107)) return 0
  if (isIn(0x02, 0x04) || isIn(0x0c, 0x0d) || operation === 0x10 || isIn(0x20, 0x26)) return 1
  if (isIn(0x3f, 0x42) || operation === 0xd0 || operation === 0xd2) return 1
  if (operation === 0x109 || operation === 0x10b || operation === 0x10d || isIn(0x10f, 0x111)) return 1
  if (operation === 0x11 || isIn(0x28, 0x3e)) return 2
  if (operation === 0x108 || operation === 0x10a || operation === 0x10c || operation === 0x10e) return 2
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
