import { createPublicKey } from 'node:crypto'
import type { DkimKey } from './ports.ts'

/** What to publish so that signatures can be verified (RFC 6376 section 3.6). */
export interface DkimRecord {
  /** Name of the TXT record. */
  name: string
  value: string
}

/** The record of a key that has been found to be an RSA private key. It holds the public half only. */
export function dkimRecord({ domain, selector, key }: DkimKey): DkimRecord {
  const publicKey = createPublicKey(key.reveal()).export({ type: 'spki', format: 'der' })
  return {
    name: `${selector}._domainkey.${domain}`,
    value: `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`,
  }
}
