import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { argon2idHash } from '../../src/adapters/connectors/hashes/argon2.ts'
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
import { eventually, type Held, proveByMail } from '../support/person-at-api.ts'
import { signInAtPortal } from '../support/person-at-portal.ts'
import type { RawAnswer } from '../support/raw-http.ts'
import { anAccount } from '../support/recovery-world.ts'
import {
  apiPath,
  type Changer,
  type ChangerAtPortal,
  changePath,
  checkPath,
  differences,
  flowsOf,
  portalChangePath,
  portalPath,
  somePasswords,
  type VerdictPath,
} from '../support/same-verdict.ts'

const isProving = process.env['REKEY_PROVE'] === '1'
const rounds = isProving ? 10_000 : 120
/** Of the 3,000 that OWASP ASVS 6.2.4 asks for, long enough for the mildest policy; a fifth of a second each on all ways. */
const commonOnes = isProving ? 3_000 : 25
/** Opening a flow waits for mails and for full quarters of a second; other lanes go on meanwhile. */
const lanes = 2
const seed = 20_260_302

let rekey: Attacked
let core: RecoveryTenant
let inviting: Invitations
const opened = new AsyncDisposableStack()
let people = 0
let hash: string
const lists = loadWordLists()

beforeAll(async () => {
  const password = {
    bannedWords: ['contoso', 'blank'],
    contextWords: ['kestrel'],
    classes: { required: 2 },
    overrides: [{ for: { group: 'staff' }, minLength: 16, bannedWords: ['thimble'] }],
  }
  const limits = { policyRefusals: 50 }
  rekey = opened.use(await anAttackedRekey({ limits, tenant: { policy: { password } } }))
  const cost = { memoryKibibytes: 19_456, passes: 2, lanes: 1 }
  hash = await argon2idHash(Buffer.from(current), cost)
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
  await rekey.addPerson({ ...facts, username, recoveryAddresses: [address], password: { hash } })
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
  const more = { service: null, invitedBy: 'a test', again: false, dryRun: false, mayNameAddress: true }
  const answer = await inviting.invite({ ...call, ...more }, AbortSignal.timeout(10_000))
  if (!answer.ok) throw new Error(`nobody was invited: ${answer.because}`)
  const letter = await eventually(`a mail to ${address}`, () => rekey.mailsTo(address)[0])
  const token = readText(letter.text).link?.split('/activate#')[1]
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

const changerAtPortal = (more: { mustChange?: boolean }) => async (): Promise<ChangerAtPortal> => {
  const { username } = await person(more)
  return { cookies: await signInAtPortal(rekey.url, username, current), current }
}

async function somebody(): Promise<Held> {
  const { username, address } = await person()
  return proveByMail(rekey.url, { identifier: username, address }, rekey.mail)
}

function heldBy({ status, json }: RawAnswer): Held {
  if (status !== 200) throw new Error(`the link was answered ${status}`)
  return json as Held
}
const facts = { displayName: 'Tess Lovelace', groups: ['Staff'] }

/** Every way on which a password is judged. Each call has people of its own on all of them. */
const paths = (): readonly VerdictPath[] => [
  checkPath(rekey.url, flowsOf(somebody, 150)),
  apiPath(rekey.url, flowsOf(somebody, 45)),
  portalPath(rekey.url, flowsOf(somebody, 45)),
  apiPath(rekey.url, flowsOf(newcomer, 45), 'activation'),
  portalPath(rekey.url, flowsOf(newcomer, 45), 'portal, activation'),
  changePath(rekey.url, 'change', flowsOf(changer({}), 45)),
  changePath(rekey.url, 'forced change', flowsOf(changer({ mustChange: true }), 45)),
  portalChangePath(rekey.url, 'portal, change', flowsOf(changerAtPortal({}), 45)),
  portalChangePath(rekey.url, 'portal, forced change', flowsOf(changerAtPortal({ mustChange: true }), 45)),
]

function judge(password: string) {
  const username = nameOf(0)
  const known = { ...facts, mails: [], recoveryAddresses: [addressOf(username)] }
  const entry = { ...anAccount(username, known), directory: 'people', directoryRules: null, change: null }
  return core.judge(new Secret(password), entry)
}

it(
  'says the same of a password wherever it is judged',
  async () => {
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

    const { found, accepted } = await differences(passwords, judge, { lanes, paths })

    expect(found).toEqual([])
    expect(accepted).toBeGreaterThan(rounds / 20)
    expect(accepted).toBeLessThan(rounds / 2)
  },
  isProving ? 3 * 3_600_000 : 240_000,
)

it(
  'calls each of the 3,000 most common ones common, wherever it is judged',
  async () => {
    const long = lists.passwords.filter((password) => [...password].length >= 8).slice(0, 3_000)
    const passwords = long.filter((_, rank) => rank % (long.length / commonOnes) === 0)
    const missed: string[] = []
    const judged = async (password: string) => {
      const judgement = await judge(password)
      const codes = judgement.ok ? [] : judgement.because.map(({ code }) => code)
      if (!codes.includes('password-common')) missed.push(password)
      return judgement
    }

    const { found } = await differences(passwords, judged, { lanes, paths })

    expect(passwords).toHaveLength(commonOnes)
    expect(missed).toEqual([])
    expect(found).toEqual([])
  },
  isProving ? 3_600_000 : 60_000,
)
