const chunkBytes = 0x8000

/** Bytes as a string of the same length whose characters are the bytes. */
export function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    text += String.fromCharCode(...bytes.subarray(at, at + chunkBytes))
  }
  return text
}

export const base64 = (bytes: Uint8Array): string => btoa(latin1(bytes))
