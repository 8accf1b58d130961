import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { loadWordLists } from '../../src/core/passwords/word-lists.ts'
import type { RecoveryTenant } from '../../src/core/recovery/index.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { recoveryTenant } from '../../src/tenant-settings.ts'
import { type Attacked, anAttackedRekey } from '../attack/attacked.ts'
import type { Held } from '../support/person-at-api.ts'
import { anAccount } from '../support/recovery-world.ts'
import {
  apiPath,
  checkPath,
  differences,
  flowsOf,
  portalPath,
  somePasswords,
} from '../support/same-verdict.ts'

const isProving = process.env['REKEY_PROVE'] === '1'
const rounds = isProving ? 10_000 : 300
const seed = 20_260_302

let rekey: Attacked
let core: RecoveryTenant
let people = 0

beforeAll(async () => {
  const password = {
    bannedWords: ['contoso', 'blank'],
    contextWords: ['kestrel'],
    classes: { required: 2 },
    overrides: [{ for: { group: 'staff' }, minLength: 16, bannedWords: ['thimble'] }],
  }
  rekey = await anAttackedRekey({ limits: { policyRefusals: 50 }, tenant: { policy: { password } } })
  const [tenant] = loadConfig(rekey.env).config.tenants
  if (tenant === undefined) throw new Error('no tenant')
  core = recoveryTenant(tenant, { directories: [], breach: null })
})
afterAll(() => rekey[Symbol.asyncDispose]())

/** User names and addresses that no password has anything in common with, so that the same words are about everybody. */
const nameOf = (index: number) =>
  `qzxjvk${[...String(index)].map((digit) => 'bcdfghjkmp'.charAt(Number(digit))).join('')}`
const addressOf = (username: string) => `${username}@vkzqj.invalid`

async function somebody(): Promise<Held> {
  people += 1
  const username = nameOf(people)
  const address = addressOf(username)
  await rekey.addPerson({ ...facts, username, recoveryAddresses: [address] })
  const { token } = await rekey.mailed(username, address)
  const { status, json } = await rekey.post('/v1/links', { token })
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
      ],
    )

    expect(found).toEqual([])
    expect(accepted).toBeGreaterThan(rounds / 20)
    expect(accepted).toBeLessThan(rounds / 2)
  },
  isProving ? 3_600_000 : 120_000,
)
