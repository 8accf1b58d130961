import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { Fault } from './kernel/fault.ts'

/** One of the service's two addresses, and the settings it comes from. */
export interface ListenAt {
  name: 'portal' | 'console'
  host: string
  /** 0 lets the system choose. */
  port: number
}

/**
 * Tries every address and lets go of it again, before anything is created for a service that could not be reached.
 * @throws Fault `config-invalid` that names the setting of each address that can't be had
 */
export async function refuseTakenAddresses(addresses: readonly ListenAt[]): Promise<void> {
  const problems: string[] = []
  for (const at of addresses) {
    const probe = createServer()
    try {
      probe.listen({ host: at.host, port: at.port, exclusive: true })
      await once(probe, 'listening')
    } catch (error) {
      problems.push(problemOf(error, at))
    } finally {
      probe.close()
    }
  }
  if (problems.length > 0) throw new Fault('config-invalid', { detail: problems.join('\n') })
}

/** What is to be listened with, as Fastify has it. */
interface Listener {
  server: Pick<Server, 'address'>
  listen(at: { host: string; port: number }): PromiseLike<unknown>
  close(): PromiseLike<unknown>
}

/** Starts to listen; closed with the stack. Returns the port, which the system chooses when 0 is configured. */
export async function listen(app: Listener, at: ListenAt, opening: AsyncDisposableStack): Promise<number> {
  opening.defer(async () => {
    await app.close()
  })
  try {
    await app.listen({ host: at.host, port: at.port })
  } catch (cause) {
    throw new Fault('config-invalid', { cause, detail: problemOf(cause, at) })
  }
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : at.port
}

function problemOf(error: unknown, { name, host, port }: ListenAt): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  const setting = `listen.${name}.port (or REKEY_${name.toUpperCase()}_PORT)`
  const where = `the ${name} can't listen on ${host} port ${String(port)}`
  switch (code) {
    case 'EADDRINUSE':
      return `${where}: another program does. Stop it, or set ${setting} to a free port. (${code})`
    case 'EACCES':
      return `${where}: ports below 1024 need a right of their own. Set ${setting} to another port. (${code})`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${where}: this machine has no such address. Correct listen.${name}.host. (${code})`
    default:
      return `${where}: check listen.${name}.host and ${setting}. (${code})`
  }
}
