import type { Environment } from '../config/environment.ts'
import { loadConfig } from '../config/load.ts'
import { type DkimRecord, dkimRecord } from '../core/messages/index.ts'
import { type ExitCode, exitCodes, type Terminal } from './io.ts'

/** A string of a TXT record has at most 255 octets (RFC 1035 section 3.3.14); longer values are several. */
const stringBytesMax = 255

/** `rekey mail dkim-record`: what to publish for each key that the configuration signs with. */
export function mailDkimRecord(options: { env: Environment; json: boolean; terminal: Terminal }): ExitCode {
  const { env, json, terminal } = options
  const { mail, tenants } = loadConfig(env).config
  const keys = [mail.dkim, ...tenants.map((tenant) => tenant.mail?.dkim)].filter((key) => key !== undefined)
  const records = [...new Map(keys.map(dkimRecord).map((record) => [record.name, record])).values()]
  if (json) terminal.out(JSON.stringify({ ok: true, records }, null, 2))
  else if (records.length === 0) terminal.err('Nothing is signed: the configuration has no `dkim`.')
  else for (const record of records) terminal.out(zoneLine(record))
  return exitCodes.ok
}

function zoneLine({ name, value }: DkimRecord): string {
  const strings = value.match(new RegExp(`.{1,${String(stringBytesMax)}}`, 'g')) ?? []
  return `${name}. IN TXT (${strings.map((text) => ` "${text}"`).join('')} )`
}
