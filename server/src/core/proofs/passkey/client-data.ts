import type { PasskeyTrouble } from './ports.ts'

/** What the browser says of a ceremony (WebAuthn level 3 section 5.8.1). Members that we don't know are none of our business. */
interface ClientData {
  type: string
  challenge: string
  origin: string
  crossOrigin: boolean
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function read(bytes: Uint8Array): ClientData | null {
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(bytes))
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { type, challenge, origin, crossOrigin = false, topOrigin }: Record<string, unknown> = { ...value }
  if (typeof type !== 'string' || typeof challenge !== 'string' || typeof origin !== 'string') return null
  if (typeof crossOrigin !== 'boolean') return null
  // A browser that names the page around is in a frame, whatever else it says.
  return { type, challenge, origin, crossOrigin: crossOrigin || topOrigin !== undefined }
}

/**
 * What is wrong with it, or null (sections 7.1 and 7.2). The portal can't be framed, so
 * whatever was made in a frame was not made by it.
 */
export function whyNotClientData(
  bytes: Uint8Array,
  expected: { type: 'webauthn.create' | 'webauthn.get'; challenges: readonly string[]; origin: string },
): PasskeyTrouble | null {
  const said = read(bytes)
  if (said === null) return 'malformed'
  if (said.type !== expected.type) return 'other-ceremony'
  if (!expected.challenges.includes(said.challenge)) return 'other-challenge'
  if (said.origin !== expected.origin) return 'other-origin'
  return said.crossOrigin ? 'framed' : null
}
