import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Invitations } from '../../src/cli/invitations.ts'
import { composeInvitations } from '../../src/compose-invitations.ts'
import { loadConfig } from '../../src/config/load.ts'
import { loadWordLists } from '../../src/core/passwords/word-lists.ts'
import type { RecoveryTenant } from '../../src/core/recovery/index.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { recoveryTenant } from '../../src/tenant-settings.ts'
import { type Attacked, anAttackedRekey } from '../attack/attacked.ts'
import { readText } from '../support/mailbox.ts'
import type { Held } from '../support/person-at-api.ts'
import type { RawAnswer } from '../support/raw-http.ts'
import { anAccount } from '../support/recovery-world.ts'
import {
  apiPath,
  type Changer,
  changePath,
  checkPath,
  differences,
  flowsOf,
  portalPath,
  somePasswords,
} from '../support/same-verdict.ts'

const isProving = process.env['REKEY_PROVE'] === '1'
const rounds = isProving ? 10_000 : 200
const seed = 20_260_302

let rekey: Attacked
let core: RecoveryTenant
let inviting: Invitations
const opened = new AsyncDisposableStack()
let people = 0

beforeAll(async () => {
  const password = {
    bannedWords: ['contoso', 'blank'],
    contextWords: ['kestrel'],
    classes: { required: 2 },
    overrides: [{ for: { group: 'staff' }, minLength: 16, bannedWords: ['thimble'] }],
  }
  const limits = { policyRefusals: 50, requestsPerNetworkPerMinute: 10_000 }
  rekey = opened.use(await anAttackedRekey({ limits, tenant: { policy: { password } } }))
  const loaded = loadConfig(rekey.env)
  const outside = { now: () => rekey.clock.now(), randomBytes: systemOutside.randomBytes }
  inviting = opened.use(await composeInvitations(loaded, outside, pino({ level: 'silent' })))
  const [tenant] = loaded.config.tenants
  if (tenant === undefined) throw new Error('no tenant')
  core = recoveryTenant(tenant, { directories: [], breach: null })
})
afterAll(() => opened.disposeAsync())

/** User names and addresses that no password has anything in common with, so that the same words are about everybody. */
const nameOf = (index: number) =>
  `qzxjvk${[...String(index)].map((digit) => 'bcdfghjkmp'.charAt(Number(digit))).join('')}`
const addressOf = (username: string) => `${username}@vkzqj.invalid`

/** Has nothing in common with any password that is tried, so that no change is too much like it. */
const current =
  '\u16a0\u16a2\u16a6\u16a8\u16b1\u16b2\u16b7\u16b9\u16ba\u16be\u16c1\u16c3\u16c7\u16c8\u16c9\u16ca'

async function person(more: { mustChange?: boolean } = {}) {
  people += 1
  const username = nameOf(people)
  const address = addressOf(username)
  await rekey.addPerson({ ...facts, username, recoveryAddresses: [address], password: new Secret(current) })
  if (more.mustChange === true) {
    await rekey.database.pool.query('update local_account set must_change = true where username = $1', [
      username,
    ])
  }
  return { username, address }
}

async function newcomer(): Promise<Held> {
  const { username, address } = await person()
  const call = {
    tenant: 'northwind',
    identifier: username,
    address: null,
    locale: null,
    localeOtherwise: 'en',
  }
  const more = { service: null, invitedBy: 'a test', again: false, dryRun: false }
  const answer = await inviting.invite({ ...call, ...more }, AbortSignal.timeout(10_000))
  if (!answer.ok) throw new Error(`nobody was invited: ${answer.because}`)
  await rekey.settled()
  const token = readText(rekey.mailsTo(address)[0]?.text ?? '').link?.split('/activate#')[1]
  return heldBy(await rekey.post('/v1/links', { token }))
}

const changer = (more: { mustChange?: boolean }) => async (): Promise<Changer> => {
  const { username } = await person(more)
  const signed = await rekey.post('/v1/sign-ins', { identifier: username, password: current })
  const { secret, mustChange } = signed.json as { secret: string; mustChange: string | null }
  if (mustChange !== (more.mustChange === true ? 'directory' : null)) throw new Error('not the one asked for')
  const headers = { authorization: `Session ${secret}` }
  const { json } = await rekey.ask('/v1/changes', { method: 'POST', headers })
  return { ...(json as Held), current }
}

async function somebody(): Promise<Held> {
  const { username, address } = await person()
  const { token } = await rekey.mailed(username, address)
  return heldBy(await rekey.post('/v1/links', { token }))
}

function heldBy({ status, json }: RawAnswer): Held {
  if (status !== 200) throw new Error(`the link was answered ${status}`)
  return json as Held
}
const facts = { displayName: 'Tess Lovelace', groups: ['Staff'] }

it(
  'says the same of a password wherever it is judged',
  async () => {
    const lists = loadWordLists()
    const words = [
      ...[
        'contoso',
        'blank',
        'kestrel',
        'lovelace',
        'northwind',
        'thimble',
        'Tess',
        'rekey',
        'Zwölf',
        '漢字',
      ],
      ...lists.words.slice(2_000, 2_040),
    ]
    const passwords = somePasswords(
      { count: rounds, seed },
      { common: lists.passwords.slice(0, 5_000), words },
    )
    const username = nameOf(0)
    const known = { ...facts, mails: [], recoveryAddresses: [addressOf(username)] }
    const entry = { ...anAccount(username, known), directory: 'people', directoryRules: null, change: null }
    const { found, accepted } = await differences(
      passwords,
      (password) => core.judge(new Secret(password), entry),
      [
        checkPath(rekey.url, flowsOf(somebody, 150)),
        apiPath(rekey.url, flowsOf(somebody, 45)),
        portalPath(rekey.url, flowsOf(somebody, 45)),
        apiPath(rekey.url, flowsOf(newcomer, 45), 'activation'),
        changePath(rekey.url, 'change', flowsOf(changer({}), 45)),
        changePath(rekey.url, 'forced change', flowsOf(changer({ mustChange: true }), 45)),
      ],
    )

    expect(found).toEqual([])
    expect(accepted).toBeGreaterThan(rounds / 20)
    expect(accepted).toBeLessThan(rounds / 2)
  },
  isProving ? 3 * 3_600_000 : 240_000,
)
