import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import { proveByMail, setPassword } from '../support/person-at-api.ts'
import { sendPassword } from '../support/person-at-portal.ts'
import { onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'

let directory: OpenLdap
let mail: MailServer
let service: Rekey

beforeAll(async () => {
  directory = await startOpenLdap()
  mail = await aMailServer({ tls: 'none' })
  const { config, env } = onOpenLdap(directory)
  service = await startRekey({ config, env, smtp: mail })
})
afterAll(async () => {
  await service[Symbol.asyncDispose]()
  await mail[Symbol.asyncDispose]()
  await directory[Symbol.asyncDispose]()
})

const text = [
  'Zwölf Boxkämpfer jagen Viktor quer über den Sylter Deich 🦉 ',
  'ångström piñata façade 🌋 smörgåsbord über naïve crème brûlée 漢字 ',
  'Tiếng Việt có nhiều dấu 🧵 violet tundra kettle 7 ',
].join('')

/** So many code points as the directory gets them; the last one is a letter, which has a case. */
const ofLength = (length: number) => `${[...text.repeat(4)].slice(0, length - 1).join('')}q`

const swapCase = (sign: string) => (sign === sign.toLowerCase() ? sign.toUpperCase() : sign.toLowerCase())

/** What a system that cuts or folds would take for the same. */
function almost(password: string): string[] {
  const signs = [...password]
  const first = signs.findIndex((sign) => sign !== swapCase(sign))
  return [
    ...[8, 16, 32, 63, 64, 72, 127, 128, 255]
      .filter((count) => count < signs.length)
      .map((count) => signs.slice(0, count).join('')),
    signs.slice(0, -1).join(''),
    signs.slice(1).join(''),
    Buffer.from(password).subarray(0, 72).toString('utf8'),
    signs.with(first, swapCase(signs[first] ?? '')).join(''),
    signs.with(-1, 'Q').join(''),
    password.toLowerCase(),
    password.toUpperCase(),
    `${password} `,
    password.replaceAll(' ', ''),
    // Where 72 bytes hold all of it they cut nothing off.
  ].filter((other) => other !== password)
}

const cases = [64, 128, 256].flatMap((length) =>
  (['NFC', 'NFD'] as const).flatMap((form) =>
    (['api', 'portal'] as const).map((way) => ({ length, form, way })),
  ),
)

it.each(cases)(
  'takes a password of $length characters whole, typed as $form over the $way',
  async ({ length, form, way }) => {
    const uid = `long-${length}-${form.toLowerCase()}-${way}`
    const address = `${uid}@home.example`
    const before = 'before it was forgotten'
    await directory.addPeople([{ uid, password: before, recoveryAddresses: [address] }])
    const held = await proveByMail(service.portalUrl, { identifier: uid, address }, mail)
    const password = ofLength(length)
    expect([...password]).toHaveLength(length)
    expect(password.normalize('NFC')).toBe(password)
    const typed = password.normalize(form)

    const answer =
      way === 'api'
        ? await setPassword(service.portalUrl, held, typed)
        : await sendPassword(service.portalUrl, held, typed)

    expect(answer?.status).toBe(way === 'api' ? 200 : 303)
    expect(await directory.canBind(uid, password)).toBe(true)
    expect(await directory.canBind(uid, before)).toBe(false)
    for (const wrong of almost(password)) {
      // A few wrong passwords in a row lock an account, and the right one shows that this is not why they are refused.
      expect([wrong, await directory.canBind(uid, wrong)]).toEqual([wrong, false])
      expect(await directory.canBind(uid, password)).toBe(true)
    }
  },
)

it('refuses one character more than fits, and never cuts', async () => {
  const [uid, address] = ['too-long', 'too-long@home.example'] as const
  await directory.addPeople([{ uid, password: 'before it was forgotten', recoveryAddresses: [address] }])
  const held = await proveByMail(service.portalUrl, { identifier: uid, address }, mail)

  const answer = await setPassword(service.portalUrl, held, ofLength(257))

  expect(answer).toMatchObject({ status: 422, body: { errors: [{ code: 'password-too-long', max: 256 }] } })
  expect(await directory.canBind(uid, 'before it was forgotten')).toBe(true)
})
