import { createClient } from 'redis'
import { Fault } from '../../kernel/fault.ts'
import { type RedisAddress, redisSocket } from './redis-address.ts'

/** What of Redis is used: texts, scripts, and one ordered set. Every call throws Fault `redis-unavailable`. */
export interface Redis {
  /** Texts in the order of the keys; null for what is not there. */
  texts(keys: readonly string[]): Promise<readonly (string | null)[]>
  /** Members of an ordered set. */
  members(key: string): Promise<readonly string[]>
  /** Runs a Lua script, which nothing else comes in between of. */
  run(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>
  remove(key: string): Promise<void>
  isUp(): boolean
  /** Throws what is wrong, for those who look after the service. */
  check(): Promise<void>
  close(): Promise<void>
}

export interface RedisOptions extends RedisAddress {
  log(level: 'info' | 'warn', message: string, facts: Readonly<Record<string, string>>): void
}

/**
 * A person waits for the answer, and everything can go on without Redis: what has not answered within this time is
 * taken for gone, and nobody waits for it again before a new connection stands.
 */
const answerMsMax = 1_000
const connectMsMax = 2_000
const reconnectMsMax = 500

type Client = ReturnType<typeof newClient>

/**
 * One connection, opened again for as long as it takes. A server that throws keys away when it is full is not used
 * at all: it could forget that a flow belongs to an account and keep the flow.
 *
 * @throws Fault `config-invalid` when the address or the server's settings are wrong; a server that can't be
 *   reached is no reason not to start.
 */
export async function openRedis(options: RedisOptions): Promise<Redis> {
  const socket = redisSocket(options)
  let closed = false
  let client: Client = connect()
  /** The client that may be asked: connected, and its settings found right. */
  let usable: Client | null = null
  let wrong: Fault | null = null
  const first = Promise.withResolvers<null>()

  function connect(): Client {
    const opened = newClient(options, socket)
    opened.on('ready', () => {
      void look(opened)
    })
    opened.on('error', (error: unknown) => {
      if (opened === client) lose(unavailable(error))
    })
    // It tries until it is closed; what goes wrong meanwhile has been an event.
    opened.connect().catch(() => undefined)
    return opened
  }

  async function look(opened: Client): Promise<void> {
    try {
      await within(() => refuseEviction(opened))
      if (opened !== client || closed) return
      if (usable === null) options.log('info', 'redis works', {})
      wrong = null
      usable = opened
      first.resolve(null)
    } catch (error) {
      if (opened === client) lose(error instanceof Fault ? error : unavailable(error))
    }
  }

  function lose(fault: Fault): void {
    const news = usable !== null || wrong?.code !== fault.code
    usable = null
    wrong = fault
    if (news && !closed) {
      options.log('warn', 'redis does not work', { code: fault.code, because: fault.detail ?? fault.code })
    }
    first.resolve(null)
  }

  async function ask<Answer>(question: (asked: Client) => Promise<Answer>): Promise<Answer> {
    const asked = usable
    if (asked === null) throw wrong ?? unavailable(undefined)
    try {
      return await within(() => question(asked))
    } catch (error) {
      const fault = unavailable(error)
      // Somebody else may have replaced it already: a hundred requests wait at once.
      if (error instanceof TooLate && asked === client && !closed) {
        lose(fault)
        asked.destroy()
        client = connect()
      }
      throw fault
    }
  }

  const timer = setTimeout(() => {
    first.resolve(null)
  }, connectMsMax)
  await first.promise
  clearTimeout(timer)
  const close = () => {
    closed = true
    usable = null
    client.destroy()
    return Promise.resolve()
  }
  const mistake = wrong as Fault | null
  if (mistake?.code === 'config-invalid') {
    await close()
    throw mistake
  }
  return {
    texts: (keys) => (keys.length === 0 ? Promise.resolve([]) : ask((asked) => asked.mGet([...keys]))),
    members: (key) => ask((asked) => asked.zRange(key, 0, -1)),
    run: (script, keys, values) =>
      ask((asked) => asked.eval(script, { keys: [...keys], arguments: [...values] })),
    remove: async (key) => {
      await ask((asked) => asked.del(key))
    },
    isUp: () => usable !== null,
    check: async () => {
      await ask((asked) => asked.ping())
    },
    close,
  }
}

function newClient({ url }: RedisAddress, socket: ReturnType<typeof redisSocket>) {
  return createClient({
    ...('path' in socket ? {} : { url: url.reveal() }),
    socket: {
      ...socket,
      connectTimeout: connectMsMax,
      reconnectStrategy: (retries) => Math.min(20 * 2 ** Math.min(retries, 10), reconnectMsMax),
    },
    // What can't be sent now must fail now.
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
  })
}

class TooLate extends Error {}

async function within<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    // This process itself may have stood still: what has come in meanwhile is read first.
    setImmediate(() => {
      late.reject(new TooLate(`no answer within ${answerMsMax} ms`))
    })
  }, answerMsMax)
  try {
    const answer = question()
    // When it fails too late nobody listens any more.
    answer.catch(() => undefined)
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

async function refuseEviction(client: Client): Promise<void> {
  const text = await client.info('memory')
  const policy = /^maxmemory_policy:(\S+)/m.exec(text)?.[1] ?? 'unknown'
  if (policy === 'noeviction') return
  const detail = `Redis must have maxmemory-policy noeviction, and has ${policy}`
  throw new Fault('config-invalid', { detail })
}

/** Words of the driver's errors name no secret, and a server's reply may quote a key: it goes to the log as cause. */
const unavailable = (cause: unknown): Fault =>
  new Fault('redis-unavailable', {
    cause,
    detail: cause instanceof Error ? cause.constructor.name : 'not connected',
  })
