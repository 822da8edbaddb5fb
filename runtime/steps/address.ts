/** A block of addresses that no public server lives in, and the document that says so. */
type Block = { readonly cidr: string; readonly what: string; readonly source: string }

const reserved: readonly Block[] = [
  { cidr: '0.0.0.0/8', what: 'this network', source: 'RFC 791' },
  { cidr: '10.0.0.0/8', what: 'a private network', source: 'RFC 1918' },
  { cidr: '100.64.0.0/10', what: 'a carrier network', source: 'RFC 6598' },
  { cidr: '127.0.0.0/8', what: 'this machine', source: 'RFC 1122' },
  { cidr: '169.254.0.0/16', what: 'the local link', source: 'RFC 3927' },
  { cidr: '172.16.0.0/12', what: 'a private network', source: 'RFC 1918' },
  { cidr: '192.0.0.0/24', what: 'protocol assignments', source: 'RFC 6890' },
  { cidr: '192.0.2.0/24', what: 'documentation', source: 'RFC 5737' },
  { cidr: '192.88.99.0/24', what: 'the retired 6to4 relays', source: 'RFC 7526' },
  { cidr: '192.168.0.0/16', what: 'a private network', source: 'RFC 1918' },
  { cidr: '198.18.0.0/15', what: 'benchmarks', source: 'RFC 2544' },
  { cidr: '198.51.100.0/24', what: 'documentation', source: 'RFC 5737' },
  { cidr: '203.0.113.0/24', what: 'documentation', source: 'RFC 5737' },
  { cidr: '224.0.0.0/4', what: 'multicast', source: 'RFC 5771' },
  { cidr: '240.0.0.0/4', what: 'reserved and broadcast', source: 'RFC 1112' },

  { cidr: '::/128', what: 'the unspecified address', source: 'RFC 4291' },
  { cidr: '::1/128', what: 'this machine', source: 'RFC 4291' },
  { cidr: '::/96', what: 'IPv4 in IPv6, retired', source: 'RFC 4291' },
  { cidr: '::ffff:0:0/96', what: 'IPv4 mapped into IPv6', source: 'RFC 4291' },
  // The next three lead to any IPv4 address behind a gateway, and workerd's own "public" filter lets them through.
  { cidr: '64:ff9b::/96', what: 'IPv4 behind NAT64', source: 'RFC 6052' },
  { cidr: '64:ff9b:1::/48', what: 'IPv4 behind a local NAT64', source: 'RFC 8215' },
  { cidr: '2002::/16', what: 'IPv4 behind 6to4', source: 'RFC 3056' },
  { cidr: '100::/64', what: 'the discard prefix', source: 'RFC 6666' },
  { cidr: '2001::/32', what: 'IPv4 behind Teredo', source: 'RFC 4380' },
  { cidr: '2001:2::/48', what: 'benchmarks', source: 'RFC 5180' },
  { cidr: '2001:10::/28', what: 'ORCHID', source: 'RFC 4843' },
  { cidr: '2001:20::/28', what: 'ORCHID', source: 'RFC 7343' },
  { cidr: '2001:db8::/32', what: 'documentation', source: 'RFC 3849' },
  { cidr: '3fff::/20', what: 'documentation', source: 'RFC 9637' },
  { cidr: '5f00::/16', what: 'segment routing', source: 'RFC 9602' },
  { cidr: 'fc00::/7', what: 'a private network', source: 'RFC 4193' },
  { cidr: 'fe80::/10', what: 'the local link', source: 'RFC 4291' },
  { cidr: 'fec0::/10', what: 'a private network', source: 'RFC 3879' },
  { cidr: 'ff00::/8', what: 'multicast', source: 'RFC 4291' },
]

/** Endings that the public name system never answers. */
const privateEndings: readonly { readonly ending: string; readonly what: string; readonly source: string }[] = [
  { ending: 'localhost', what: 'this machine', source: 'RFC 6761' },
  { ending: 'local', what: 'the local link', source: 'RFC 6762' },
  { ending: 'internal', what: 'a private network', source: 'ICANN 2024-07-29' },
  { ending: 'home.arpa', what: 'a private network', source: 'RFC 8375' },
]

type Address = { readonly bits: 32 | 128; readonly value: bigint }
type Range = Block & { readonly bits: 32 | 128; readonly shift: bigint; readonly prefix: bigint }

const ranges: readonly Range[] = reserved.map((block) => {
  const [text = '', length = ''] = block.cidr.split('/')
  const address = parseAddress(text)
  if (address === null) throw new RangeError(`${block.cidr} is not a block`)
  const shift = BigInt(address.bits - Number(length))
  return { ...block, bits: address.bits, shift, prefix: address.value >> shift }
})

/** IPv6 addresses in use on the internet all begin with the bits 001 (RFC 4291); the table names the exceptions inside. */
const globalUnicast = { shift: 125n, prefix: 1n }

/**
 * Why `hostname`, as `URL.hostname` gives it, is not on the public internet; null when it may be.
 * `URL` has already turned octal, hex, decimal and short forms of IPv4 into four numbers.
 *
 * A public name can still resolve to a private address. That cannot be seen here: the platform must
 * refuse it when it connects (Cloudflare does; a server of one's own by workerd's network filter).
 */
export function privateAddress(hostname: string): string | null {
  const host = hostname.toLowerCase().replace(/\.$/, '')
  const address = parseAddress(host.startsWith('[') ? host.slice(1, -1) : host)
  if (address === null) return privateName(host)
  const range = ranges.find(({ bits, shift, prefix }) => bits === address.bits && address.value >> shift === prefix)
  if (range !== undefined) return `${range.what} (${range.source})`
  if (address.bits === 128 && address.value >> globalUnicast.shift !== globalUnicast.prefix) {
    return 'not a public address (RFC 4291)'
  }
  return null
}

function privateName(host: string): string | null {
  const match = privateEndings.find(({ ending }) => host === ending || host.endsWith(`.${ending}`))
  if (match !== undefined) return `${match.what} (${match.source})`
  // A name without a dot has no place in the public tree: only a private resolver or search domain answers it.
  return host.includes('.') ? null : 'a name without a domain'
}

/** Reads what `URL` writes: dotted IPv4, or IPv6 with at most one `::` and no dotted tail. Anything else is a name. */
function parseAddress(text: string): Address | null {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

function parseIpv4(text: string): Address | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return null
  const octets = text.split('.').map(BigInt)
  return octets.some((octet) => octet > 255n) ? null : { bits: 32, value: joined(octets, 8n) }
}

function parseIpv6(text: string): Address | null {
  const halves = text.split('::').map((half) => (half === '' ? [] : half.split(':')))
  if (halves.length > 2) return null
  const [head = [], tail = []] = halves
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail]
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null
  return {
    bits: 128,
    value: joined(
      groups.map((group) => BigInt(`0x${group}`)),
      16n,
    ),
  }
}

function joined(parts: readonly bigint[], width: bigint): bigint {
  return parts.reduce((value, part) => (value << width) | part, 0n)
}
