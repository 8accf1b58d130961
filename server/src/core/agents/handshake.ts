import type { Static } from 'typebox'
import type { Challenge, EnrolHello, Hello } from './messages.ts'
import type { Succession } from './ports.ts'
import { digestOf, isSigned } from './signing.ts'

type Proposed = Pick<Static<typeof Challenge>, 'nonce' | 'serverKey' | 'now'>

/**
 * All that both sides have said, which both sign: what it is for, who it is about, and a number of either side that was
 * never used before. TLS may end at a proxy, so nothing here leans on it.
 */
export const serveTranscript = (hello: Static<typeof Hello>, proposed: Proposed): string =>
  JSON.stringify([
    'serve',
    ...[hello.tenant, hello.directory, hello.agent, hello.key, hello.nonce],
    ...[proposed.nonce, proposed.serverKey, proposed.now],
  ])

export const enrolTranscript = (hello: Static<typeof EnrolHello>, proposed: Proposed): string =>
  JSON.stringify([
    'enrol',
    ...[hello.tenant, hello.enrolment, hello.nonce],
    ...[proposed.nonce, proposed.serverKey, proposed.now],
  ])

/** What comes after the transcript is signed with it. */
export const transcriptAnd = (transcript: string, said: string): string => JSON.stringify([transcript, said])

/** Name of a line. Nobody can bring about the same one twice: either side put in a number of its own. */
export const sessionOf = (transcript: string): string => digestOf(`session\n${transcript}`)

/** What a server signs when it says by which key it knows the agent of a line. */
export const knownKeyText = (session: string, key: string): string => JSON.stringify([session, key])

export const successionText = (of: { tenant: string; from: string; to: string }): string =>
  JSON.stringify([of.tenant, of.from, of.to])

/** The key at the end of a chain that begins with one that is trusted; null when a link does not hold. */
export function followSuccessions(
  trusted: string,
  tenant: string,
  successions: readonly Succession[],
): string | null {
  let present = trusted
  for (const { succession, signature } of successions) {
    const next = nextIn(succession, { tenant, from: present })
    if (next === null || !isSigned(present, 'succession', succession, signature)) return null
    present = next
  }
  return present
}

function nextIn(succession: string, of: { tenant: string; from: string }): string | null {
  try {
    const parts: unknown = JSON.parse(succession)
    const next: unknown = Array.isArray(parts) ? parts[2] : null
    return typeof next === 'string' && successionText({ ...of, to: next }) === succession ? next : null
  } catch {
    return null
  }
}
