import pg from 'pg'
import type { OpenLdap } from './openldap.ts'

/** How many rows each table of ours and of the job queue has, by `schema.table`. */
export async function rowCounts(config: pg.PoolConfig): Promise<Record<string, number>> {
  return withClient(config, async (client) => {
    const counts: Record<string, number> = {}
    for (const table of await tablesOf(client)) {
      const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from ${table}`)
      counts[table] = rows[0]?.count ?? 0
    }
    return counts
  })
}

/**
 * Every value of every table as text, as `COPY` writes it; bytes are decoded as Latin-1, so that text inside them
 * can be found. What pg_dump holds, without needing the program.
 */
export async function dumpDatabase(config: pg.PoolConfig): Promise<string> {
  return withClient(config, async (client) => {
    const parts: string[] = []
    for (const table of await tablesOf(client)) {
      const { rows } = await client.query({ text: `select * from ${table}`, rowMode: 'array' })
      parts.push(`-- ${table}`, ...(rows as unknown[][]).map((row) => row.map(asText).join('\t')))
    }
    return parts.join('\n')
  })
}

function asText(value: unknown): string {
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
     order by 1`,
  )
  return rows.map(({ name }) => name)
}

async function withClient<Result>(
  config: pg.PoolConfig,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(config)
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

/**
 * Password writes that slapd carried out or began, by user name, counted in its own log: RFC 3062 requests and
 * replacements of `userPassword`.
 */
export function passwordWrites(directory: Pick<OpenLdap, 'log'>): ReadonlyMap<string, number> {
  const writes = new Map<string, number>()
  const operations = new Map<string, string>()
  for (const line of directory.log().split('\n')) {
    const operation = /conn=\d+ op=\d+/.exec(line)?.[0] ?? ''
    const target = /(?:PASSMOD id=|MOD dn=)"uid=([^",]+)/.exec(line)?.[1]
    if (target !== undefined) operations.set(operation, target)
    if (/PASSMOD id=|MOD attr=.*userPassword/.test(line)) {
      const uid = operations.get(operation) ?? ''
      writes.set(uid, (writes.get(uid) ?? 0) + 1)
    }
  }
  return writes
}

/** A secret in the spellings in which it could lie somewhere by accident. */
export function spellings(secret: string): Readonly<Record<string, string>> {
  const bytes = Buffer.from(secret, 'utf8')
  // Base64 of a text that contains the secret, at each of the three alignments: the characters that depend on the
  // secret alone.
  const aligned = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64url')
    return encoded.slice([0, 2, 3][before], Math.floor(((before + bytes.length) * 8) / 6))
  })
  const [first = '', second = '', third = ''] = aligned
  const standard = (text: string) => text.replaceAll('-', '+').replaceAll('_', '/')
  return {
    plain: secret,
    'in JSON': JSON.stringify(secret).slice(1, -1),
    base64: standard(first),
    'base64 behind one byte': standard(second),
    'base64 behind two bytes': standard(third),
    base64url: first,
    'base64url behind one byte': second,
    'base64url behind two bytes': third,
    hex: bytes.toString('hex'),
    'URL-encoded': encodeURIComponent(secret),
    'form-encoded': new URLSearchParams([['', secret]]).toString().slice(1),
    UTF16: Buffer.from(secret, 'utf16le').toString('latin1'),
  }
}

/** Hex has no case. Short codes of digits are looked for as numbers of their own: a moment in time may hold them. */
function lies(needle: string, spelling: string, { text, lower }: { text: string; lower: string }): boolean {
  if (spelling === 'hex') return lower.includes(needle)
  return /^\d+$/.test(needle) ? new RegExp(`(?<!\\d)${needle}(?!\\d)`).test(text) : text.includes(needle)
}

/** Where any spelling of any secret lies: `name of the secret, spelling, name of the place`. */
export function leaks(
  secrets: Readonly<Record<string, string>>,
  places: Readonly<Record<string, string>>,
): string[] {
  const found = new Set<string>()
  const searched = Object.entries(places).map(([place, text]) => ({
    place,
    text,
    lower: text.toLowerCase(),
  }))
  for (const [name, secret] of Object.entries(secrets)) {
    for (const [spelling, needle] of Object.entries(spellings(secret))) {
      for (const { place, text, lower } of searched) {
        if (lies(needle, spelling, { text, lower })) found.add(`${name}, ${spelling}, in ${place}`)
      }
    }
  }
  return [...found]
}
