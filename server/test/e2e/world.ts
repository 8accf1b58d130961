import { Client } from 'ldapts'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { aVisitor, openBrowser, type Visitor } from '../support/browser.ts'
import { aDatabase } from '../support/database.ts'
import { type Mailbox, mailboxOn } from '../support/mailbox.ts'
import { type OpenLdap, type Person, startOpenLdap } from '../support/openldap.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'
import { onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { type RoundRobin, startRoundRobin } from '../support/round-robin.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'

/** One person of a test: an account in OpenLDAP, a private mailbox, a forgotten password. */
export interface Someone {
  uid: string
  oldPassword: string
  mailbox: Mailbox
}

/** The built Rekey beside a real OpenLDAP, a real mail server and a real browser. */
export interface World extends AsyncDisposable {
  /** The first node. */
  rekey: Rekey
  /** Everything that all nodes printed. */
  log(): string
  /** Before the nodes; null when there is one. */
  proxy: RoundRobin | null
  /** Null without one. */
  redis: RedisServer | null
  directory: OpenLdap
  mails: MailServer
  browser: Browser
  origin: string
  /** Each test has people of its own: limits count per mailbox, and a password is set once. */
  someone(over?: Partial<Person>): Promise<Someone>
  visitor(options?: BrowserContextOptions): Promise<Visitor>
}

export const oldPassword = 'copper lantern meadow 7'

interface WorldOptions {
  /** The service uses this PostgreSQL, so that a further process can join it. */
  database?: string
  nodes?: number
  redis?: boolean
}

/** `npm run prove` runs the same tests over several nodes behind a proxy, without Redis and with it. */
const wanted = {
  nodes: Number(process.env['REKEY_NODES'] ?? '1'),
  redis: process.env['REKEY_REDIS'] === '1',
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  await using opening = new AsyncDisposableStack()
  const [directory, mails, browser] = await Promise.all([
    startOpenLdap(),
    aMailServer({ tls: 'none' }),
    openBrowser(),
  ])
  opening.use(directory)
  opening.use(mails)
  opening.defer(() => browser.close())
  const nodes = await openNodes({ directory, mails, opening }, { ...wanted, ...options })
  const { origin } = nodes
  const running = opening.move()
  let people = 0
  return {
    ...nodes,
    directory,
    mails,
    browser,
    async someone(over = {}) {
      people += 1
      const uid = `person${people}`
      const address = `${uid}@home.example`
      const person = {
        uid,
        displayName: `Tess Person${people}`,
        mails: [`${uid}@northwind.example`],
        recoveryAddresses: [address],
        password: oldPassword,
        ...over,
      }
      await directory.addPeople([person])
      return { uid, oldPassword, mailbox: mailboxOn(mails, address) }
    },
    visitor: (options) => aVisitor(browser, origin, options),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** One node, or as many as are wanted: on one database, behind a proxy that sends each request to the next one. */
async function openNodes(
  { directory, mails, opening }: { directory: OpenLdap; mails: MailServer; opening: AsyncDisposableStack },
  options: WorldOptions & typeof wanted,
): Promise<Pick<World, 'rekey' | 'origin' | 'log' | 'proxy' | 'redis'>> {
  const redis = options.redis ? opening.use(await startRedis()) : null
  const proxy = options.nodes > 1 ? opening.use(await startRoundRobin()) : null
  const own = options.database === undefined && options.nodes > 1 ? opening.use(await aDatabase([])) : null
  const database = options.database ?? own?.url
  const settings = onOpenLdap(directory, {
    ...(database === undefined ? {} : { database }),
    ...(redis === null ? {} : { redis: redis.url }),
    ...(proxy === null ? {} : { trustedProxies: ['127.0.0.1', '::1'], tenant: { publicUrl: proxy.url } }),
  })
  const rekey = opening.use(await startRekey({ ...settings, smtp: mails }))
  const nodes = [rekey]
  while (nodes.length < options.nodes) {
    nodes.push(opening.use(await startRekey({ ...settings, smtp: mails, beside: rekey })))
  }
  if (proxy !== null) proxy.targets = nodes.map(({ portalUrl }) => Number(new URL(portalUrl).port))
  return {
    ...{ rekey, proxy, redis },
    origin: proxy?.url ?? rekey.portalUrl,
    log: () => nodes.map((node) => node.log()).join(''),
  }
}

/** A person's own change at the directory, so that its policy overlay remembers the old password. */
export async function changeAtDirectory(
  directory: OpenLdap,
  uid: string,
  from: string,
  to: string,
): Promise<void> {
  const { Attribute, Change } = await import('ldapts')
  const client = new Client({ url: directory.url, timeout: 10_000 })
  try {
    await client.bind(directory.dn(uid), from)
    const modification = new Attribute({ type: 'userPassword', values: [to] })
    await client.modify(directory.dn(uid), [new Change({ operation: 'replace', modification })])
  } finally {
    await client.unbind()
  }
}

/** Types a name on the first page and sends it. */
export async function forget(page: Page, origin: string, identifier: string): Promise<void> {
  await page.goto(`${origin}/recover?again=1`)
  await page.locator('#identifier').fill(identifier)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.locator('#code').waitFor()
}

/** Opens the mailed link and clicks. */
export async function followLink(page: Page, link: string | null): Promise<void> {
  await page.goto(link ?? 'about:blank')
  await page.locator('#landing button').click()
}

export async function typeCode(page: Page, code: string | null): Promise<void> {
  await page.locator('#code').fill(code ?? '')
  await page.locator('form:has(#code) button').click()
}

/** Fills in what the page asks for: one field, or two where no script runs. */
export async function choose(page: Page, password: string): Promise<void> {
  await page.locator('#password').fill(password)
  const again = page.locator('#again')
  if ((await again.count()) > 0) await again.fill(password)
  await page.locator('form:has(#password) button:not([type=button])').click()
}

/** Signs in at the page for it. */
export async function signIn(page: Page, identifier: string, password: string): Promise<void> {
  await page.locator('#identifier').fill(identifier)
  await page.locator('#password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Fills in the form of a change and sends it. */
export async function change(
  page: Page,
  from: string,
  to: string,
  { keep = false }: { keep?: boolean } = {},
): Promise<void> {
  await page.locator('#current').fill(from)
  if (keep) await page.getByLabel('Stay signed in here').check()
  await choose(page, to)
}

export const heading = (page: Page): Promise<string> =>
  page.locator('main .card:not([hidden]) h1').innerText()
