import type { Outside } from '../../kernel/outside.ts'
import { enrolmentMac, isEnrolmentMac } from './enrolment.ts'
import { enrolTranscript, knownKeyText, serveTranscript, sessionOf, transcriptAnd } from './handshake.ts'
import { About, AgentKeys, EnrolProof, FirstWord, Proof, readMessage } from './messages.ts'
import type { AgentRecords, Channel } from './ports.ts'
import { isSealingKey } from './sealed-passwords.ts'
import { ServerLine, type ServerLineDeps } from './server-line.ts'
import { isSigned } from './signing.ts'

export interface SwitchboardDeps extends Outside {
  records: AgentRecords
  /** Names of the directories of a tenant that are reached through agents; none for a tenant that is not configured. */
  directoriesOf(tenant: string): readonly string[]
  log: ServerLineDeps['log']
}

/** Where agents come in. Each node of an installation has one of its own. */
export interface Switchboard {
  /** Serves whoever is at the other end, until it ends. Never throws. */
  serve(channel: Channel): Promise<void>
  /** Those that work first, and of these the quickest. */
  linesOf(tenant: string, directory: string): readonly ServerLine[]
  /** Every fifteen seconds: asks for signs of life, and ends the lines of agents that may connect no more. */
  round(): Promise<void>
  close(): void
}

const handshakeMs = 10_000
/** Whoever has not said who they are by then goes when so many others want to. */
const strangersMax = 100

export function makeSwitchboard(deps: SwitchboardDeps): Switchboard {
  const { records, directoriesOf, log, now, randomBytes } = deps
  const lines = new Map<string, ServerLine>()
  const strangers = new Set<Channel>()
  const placeOf = (...names: readonly string[]) => JSON.stringify(names)

  const challenge = async (tenant: string) => {
    const signer = await records.serverKey(tenant)
    const nonce = Buffer.from(randomBytes(32)).toString('base64url')
    return { signer, proposed: { nonce, serverKey: signer.publicKey, now: now().toISOString() } }
  }
  const next = async (channel: Channel) => (await channel.next(AbortSignal.timeout(handshakeMs))) ?? ''

  const admit = async (channel: Channel): Promise<ServerLine | null> => {
    const hello = readMessage(FirstWord, await next(channel))
    if (hello === null) return null
    // Keys are drawn for tenants that there are, and for no name that somebody makes up.
    if (directoriesOf(hello.tenant).length === 0) return null
    if (hello.is === 'enrol') return enrol(channel, hello).then(() => null)
    const { tenant, directory, agent: name } = hello
    const { signer, proposed } = await challenge(tenant)
    const transcript = serveTranscript(hello, proposed)
    const successions = (await records.successionsSince(tenant, hello.serverKey)) ?? []
    const signature = signer.sign('challenge', transcript)
    channel.send(JSON.stringify({ is: 'challenge', ...proposed, successions, signature }))
    const proof = readMessage(Proof, await next(channel))
    if (proof === null) return null
    const about = readMessage(About, proof.about)
    const agent = await records.find({ tenant, directory, name })
    const isTheirs = agent !== null && [agent.keys.signing, agent.previousSigning].includes(hello.key)
    const isProven = isSigned(hello.key, 'proof', transcriptAnd(transcript, proof.about), proof.signature)
    // Which directories there are is a stranger's to learn as little as which agents.
    const isServed = directoriesOf(tenant).includes(directory)
    if (agent === null || about === null || !isTheirs || !isProven || !isServed) {
      log('warn', 'an agent was turned away', { tenant, directory, agent: name })
      return null
    }
    const session = sessionOf(transcript)
    const { signing: key } = agent.keys
    const known = signer.sign('known-key', knownKeyText(session, key))
    channel.widen()
    channel.send(JSON.stringify({ is: 'ready', key, signature: known }))
    return new ServerLine(
      channel,
      { agent, agentKey: hello.key, session, about, signer },
      { records, now, randomBytes, log },
    )
  }

  const enrol = async (
    channel: Channel,
    hello: { is: 'enrol'; tenant: string; enrolment: string; nonce: string },
  ) => {
    const { signer, proposed } = await challenge(hello.tenant)
    const transcript = enrolTranscript(hello, proposed)
    const signature = signer.sign('challenge', transcript)
    channel.send(JSON.stringify({ is: 'challenge', ...proposed, successions: [], signature }))
    const proof = readMessage(EnrolProof, await next(channel))
    const keys = proof === null ? null : readMessage(AgentKeys, proof.keys)
    if (proof === null || keys === null) return
    const enrolment = await records.findEnrolment(hello.tenant, hello.enrolment)
    const facts = { tenant: hello.tenant }
    if (
      enrolment === null ||
      !isSealingKey(keys.sealing, deps) ||
      !isEnrolmentMac(proof.mac, enrolmentMac(enrolment.secret, transcript, proof.keys)) ||
      !isSigned(keys.signing, 'enrolment', transcriptAnd(transcript, proof.keys), proof.signature) ||
      !(await records.enrol(enrolment, keys))
    ) {
      log('warn', 'a code of an agent was refused', facts)
      return
    }
    log('info', 'an agent was enrolled', { ...facts, directory: enrolment.directory, agent: enrolment.agent })
    channel.send(JSON.stringify({ is: 'enrolled' }))
  }

  const serve = async (channel: Channel): Promise<void> => {
    strangers.add(channel)
    const [oldest] = strangers
    if (strangers.size > strangersMax && oldest !== undefined) {
      strangers.delete(oldest)
      oldest.close()
    }
    const line = await admit(channel).finally(() => strangers.delete(channel))
    if (line === null) return
    const { tenant, directory, name } = line.agent
    const place = placeOf(tenant, directory, name)
    // One agent has one line: the other is what a network left behind.
    lines.get(place)?.close()
    lines.set(place, line)
    log('info', 'an agent is connected', { tenant, directory, agent: name, version: line.about.version })
    try {
      line.ping()
      await line.serve()
    } finally {
      log('warn', 'an agent is gone', { tenant, directory, agent: name })
      if (lines.get(place) === line) {
        lines.delete(place)
        await records.untell(line.state())
      }
    }
  }

  return {
    async serve(channel) {
      try {
        await serve(channel)
      } catch (error) {
        log('error', 'a line of an agent failed', { error: error instanceof Error ? error.name : 'unknown' })
      } finally {
        channel.close()
      }
    },
    linesOf: (tenant, directory) =>
      [...lines.values()]
        .filter(({ agent, isOpen }) => isOpen && agent.tenant === tenant && agent.directory === directory)
        .sort((one, other) => rankOf(one) - rankOf(other)),
    async round() {
      for (const line of lines.values()) line.ping()
      for (const line of lines.values()) {
        const { tenant, directory, name } = line.agent
        const [known, serverKey] = [
          await records.find({ tenant, directory, name }),
          await records.serverKey(tenant),
        ]
        // Comes back at once where it may, and learns the server's new key on the way.
        if (known === null || !line.isOpenedBy(known) || serverKey.publicKey !== line.serverKey) line.close()
      }
    },
    close() {
      for (const line of lines.values()) line.close()
      for (const stranger of strangers) stranger.close()
    },
  }
}

const rankOf = (line: ServerLine): number => {
  const { beat, latencyMs } = line.state()
  return (latencyMs ?? 0) + (beat?.directory?.ok === false ? 1_000_000 : 0)
}
