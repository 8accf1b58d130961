import type { Witness } from '../../core/audit/index.ts'
import { makeFileWitness } from './file-witness.ts'
import { makeHttpWitness } from './http-witness.ts'
import { type MailWitnessOptions, makeMailWitness } from './mail-witness.ts'

export type WitnessEntry =
  | { kind: 'file'; folder: string }
  | { kind: 'http'; url: string }
  | { kind: 'mail'; to: string }

/** Opens the witness of a configuration entry. `sendMail` hands a text to the configured mail providers. */
export function openWitness(
  entry: WitnessEntry,
  use: { fetch: typeof globalThis.fetch; sendMail: (to: string) => MailWitnessOptions['send'] },
): Witness {
  switch (entry.kind) {
    case 'file':
      return makeFileWitness({ folder: entry.folder })
    case 'http':
      return makeHttpWitness({ name: `http ${new URL(entry.url).host}`, url: entry.url, fetch: use.fetch })
    case 'mail':
      return makeMailWitness({ name: 'mail', send: use.sendMail(entry.to) })
  }
}
