import { failed } from './expression-error.ts'

/** Bytes of a text in UTF-8. A lone surrogate counts as the replacement character, three bytes. */
export function utf8Bytes(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    bytes += unit < 0x800 ? 1 : 2
    if (isPair(unit, text.charCodeAt(index + 1))) index += 1
  }
  return bytes
}

/** Bytes of a text as JSON, with its quotes and escapes. */
export function jsonTextBytes(text: string): number {
  let bytes = text.length + 2
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit >= 0x80) {
      if (isPair(unit, text.charCodeAt(index + 1))) {
        bytes += 2
        index += 1
      } else if (unit >= 0xd800 && unit < 0xe000) bytes += 5
      else bytes += unit < 0x800 ? 1 : 2
    } else if (unit === 0x22 || unit === 0x5c) bytes += 1
    else if (unit < 0x20) bytes += isShortEscape(unit) ? 1 : 5
  }
  return bytes
}

/** How many bytes of JSON may still be made. Shared by all the expressions of one template. */
export class SizeMeter {
  bytesLeft: number

  constructor(bytes: number) {
    this.bytesLeft = bytes
  }

  take(bytes: number): void {
    this.bytesLeft -= bytes
    if (this.bytesLeft < 0) throw tooLarge()
  }

  /** A text counts at least its length, so a giant is refused before it is walked. */
  takeText(text: string): void {
    if (text.length > this.bytesLeft) throw tooLarge()
    this.take(jsonTextBytes(text))
  }
}

const tooLarge = () =>
  failed('too_large', 'the result is larger than a step may put out', 'keep only the fields you need')

const isPair = (high: number, low: number) => high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000
const isShortEscape = (unit: number) => unit >= 0x08 && unit <= 0x0d && unit !== 0x0b
