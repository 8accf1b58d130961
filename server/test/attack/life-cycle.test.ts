import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type Attacked,
  anAttackedRekey,
  attackerAddress,
  type MailedFlow,
  oldPassword,
  secretsOf,
  victimAddress,
} from './attacked.ts'

let rekey: Attacked
let uid: string
let address: string
let count = 0

beforeAll(async () => {
  rekey = await anAttackedRekey()
})

afterAll(() => rekey[Symbol.asyncDispose]())

/** A victim of its own for every test. */
beforeEach(async () => {
  count += 1
  uid = `victim${count}`
  address = `${uid}.home@example.test`
  await rekey.addPerson({
    username: uid,
    displayName: `Number ${count}`,
    mails: [`${uid}@example.test`],
    recoveryAddresses: [address],
  })
})

const newPassword = () => `copper lantern ${count} meadow tundra`
const spend = async (token: string) => {
  const { status, json } = await rekey.post('/v1/links', { token })
  return { status, ...(json as { id: string; secret: string; state: string; type?: string }) }
}
const set = async ({ id, secret }: { id: string; secret: string }, password: unknown = newPassword()) =>
  (await rekey.post(`/v1/recoveries/${id}/password`, { password }, secret)).status
const look = async ({ id, secret }: { id: string; secret: string }) =>
  (await rekey.ask(`/v1/recoveries/${id}`, { headers: { authorization: `Flow ${secret}` } })).json as {
    state: string
    because?: string
  }
const codeTry = async ({ id, secret }: { id: string; secret: string }, code: string) =>
  rekey.post(`/v1/recoveries/${id}/proofs`, { method: 'email_code', code }, secret)
const mine = () => rekey.mailed(uid, address)
const isWrongCode = (json: unknown) => /#code-wrong$/.test((json as { type?: string }).type ?? '')
const wrong = (code: string) => String((Number(code) + 1) % 100_000_000).padStart(8, '0')

async function expectUntouched(): Promise<void> {
  expect(await rekey.signsIn(uid, oldPassword)).toBe(true)
  expect(await rekey.signsIn(uid, newPassword())).toBe(false)
}

describe('[19] [25] [26] [28] steps out of order', () => {
  it('no step that is not the next one writes a password', async () => {
    const flow = await mine()
    for (const path of ['password', 'challenges', 'proofs', 'unlock', 'complete', 'links']) {
      await rekey.post(`/v1/recoveries/${flow.id}/${path}`, { password: newPassword() }, flow.secret)
    }

    expect(await set(flow)).toBe(409)
    expect(await look(flow)).toMatchObject({ state: 'awaiting-proof' })
    await expectUntouched()
  })

  it('asking for another mail, in every way there is, proves nothing', async () => {
    const flow = await mine()
    for (const method of ['email_link', 'email_code']) {
      rekey.clock.advance(60)
      const { status } = await rekey.post(`/v1/recoveries/${flow.id}/challenges`, { method }, flow.secret)
      expect(status).toBe(202)
      await rekey.settled()
      expect(await set(flow)).toBe(409)
    }

    expect(await look(flow)).toMatchObject({ state: 'awaiting-proof' })
    await expectUntouched()
  })

  it('the portal’s last form without the steps before it writes nothing', async () => {
    const flow = await mine()
    const csrf = 'A'.repeat(43)
    for (const more of [
      '',
      '&state=proven',
      '&proven=true',
      `&id=${flow.id}`,
      '&again=',
      '&username=victim',
    ]) {
      const answer = await rekey.ask('/recover/password', {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          cookie: `__Host-rekey-csrf=${csrf}; __Host-rekey-flow=${flow.id}.${flow.secret}`,
        },
        body: `csrf=${csrf}&password=${encodeURIComponent(newPassword())}${more}`,
      })
      expect([303, 422]).toContain(answer.status)
    }
    await expectUntouched()
  })
})

describe('[28] [130] a stranger who starts a flow and waits for the click', () => {
  it('holds nothing when the owner of the mailbox clicks, and nothing after the password is set', async () => {
    const strangers = await mine()
    const owners = await spend(strangers.token)
    expect(owners.state).toBe('proven')

    expect(await set(strangers)).toBe(409)
    expect(await look(strangers)).toMatchObject({ state: 'awaiting-proof' })
    expect(await set(owners)).toBe(200)
    expect(await set(strangers, 'another lantern 9 copper tundra')).toBe(409)
    expect(await look(strangers)).toMatchObject({ state: 'awaiting-proof' })
    expect(await rekey.signsIn(uid, newPassword())).toBe(true)
  })
})

describe('[27] [29] [30] [33] [55] a proof for something else', () => {
  it('the attacker’s own proof opens nothing but the attacker’s own flow', async () => {
    const victim = await mine()
    const own = await rekey.mailed('attacker', attackerAddress)

    expect((await codeTry(victim, own.code)).status).toBe(422)
    const proven = await spend(own.token)
    expect(await set({ id: victim.id, secret: proven.secret })).toBe(404)
    expect(await set({ id: own.id, secret: proven.secret })).toBe(404)
    const { status } = await rekey.post(
      `/v1/recoveries/${proven.id}/password?id=${victim.id}&identifier=${uid}`,
      { password: newPassword(), identifier: uid },
      proven.secret,
    )
    expect(status).toBe(400)
    await expectUntouched()
  })

  it('every secret opens its own door and no other', async () => {
    const flow = await mine()
    const text = rekey.mailsTo(address).at(-1)?.text ?? ''
    const disavowal = /\/disavow#([\w.-]+)/.exec(text)?.[1] ?? ''
    const typed = (/^\s*((?:[a-z0-9]{4}[ -]){3}[a-z0-9]{4})\s*$/m.exec(text)?.[1] ?? '').replaceAll(
      /[ -]/g,
      '',
    )
    expect([disavowal, typed]).not.toContain('')

    for (const token of [flow.secret, flow.code, flow.id, disavowal, typed])
      expect((await spend(token)).status).toBe(422)
    for (const token of [flow.token, flow.secret, flow.code, flow.id]) {
      expect((await rekey.post('/v1/disavowals', { token })).status).toBe(422)
    }
    for (const secret of [flow.token.replaceAll('.', ''), flow.code, disavowal.replaceAll('.', ''), typed]) {
      const answer = await rekey.ask(`/v1/recoveries/${flow.id}`, {
        headers: { authorization: `Flow ${secret}` },
      })
      expect(answer.status).toBe(404)
    }
    expect(await look(flow)).toMatchObject({ state: 'awaiting-proof' })
    await expectUntouched()
  })

  it('a token that was changed, re-encoded or signed by nobody opens nothing', async () => {
    const { token } = await mine()
    const [key = '', flow = '', generation = '', tag = ''] = token.split('.')
    const forged = [
      `${key}.${flow}.${Number(generation) + 1}.${tag}`,
      `${key}.${flow}.0${generation}.${tag}`,
      `${key}.${flow}.${generation}.${tag.slice(0, -1)}`,
      `${key}.${flow}.${generation}.${tag}=`,
      `${key}.${flow}.${generation}.${tag}A`,
      `${key}.${flow}.${generation}.`,
      `${key}.${flow}.${generation}`,
      `x.${flow}.${generation}.${tag}`,
      `${key}.${flow.toUpperCase()}.${generation}.${tag}`,
      `${key}.${flow}.${generation}.${tag}.${tag}`,
      `${token} `,
      ` ${token}`,
      `#${token}`,
      Buffer.from(token).toString('base64'),
      'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ2aWN0aW0ifQ.',
      `__proto__.${flow}.${generation}.${tag}`,
      `${key}.${flow}.${generation}.${tag.slice(0, -1)}${String.fromCharCode(tag.charCodeAt(tag.length - 1) ^ 1 || 65)}`,
    ]
    const statuses = await Promise.all(forged.map(async (text) => (await spend(text)).status))

    expect(statuses.filter((status) => status !== 422)).toEqual([])
    expect((await spend(token)).state).toBe('proven')
  })
})

describe('[35] [45] [46] [47] [48] [52] [147] secrets that are empty, null or of another type', () => {
  const odd: unknown[] = [
    undefined,
    null,
    '',
    ' ',
    'null',
    'undefined',
    0,
    false,
    true,
    [],
    {},
    [null],
    [''],
    { $ne: '' },
    { $regex: '^' },
    'NaN',
    '00000000',
    '\u0000',
  ]

  it.each(['nobody asked', 'somebody asked', 'the link was used'])('open nothing when %s', async (when) => {
    let spent: { id: string; secret: string } | null = null
    let flow: MailedFlow | null = null
    if (when !== 'nobody asked') flow = await mine()
    if (when === 'the link was used') {
      spent = await spend(flow?.token ?? '')
      expect(await set(spent)).toBe(200)
    }
    for (const value of odd) {
      expect((await rekey.post('/v1/links', { token: value })).status, String(value)).toBeGreaterThanOrEqual(
        400,
      )
      expect((await rekey.post('/v1/disavowals', { token: value })).status).toBeGreaterThanOrEqual(400)
      expect(
        (await rekey.post('/v1/recoveries/x/password', { token: value, password: oldPassword })).status,
      ).toBeGreaterThanOrEqual(400)
      if (flow !== null && value !== '00000000') {
        const { status } = await rekey.post(
          `/v1/recoveries/${flow.id}/proofs`,
          { method: 'email_code', code: value },
          flow.secret,
        )
        expect(status, String(value)).toBe(400)
      }
    }
    if (spent === null) await expectUntouched()
    else expect(await rekey.signsIn(uid, newPassword())).toBe(true)
  })

  it('are no passwords either, and burn nothing', async () => {
    const flow = await spend((await mine()).token)
    for (const password of odd.filter((value) => value !== undefined))
      expect([400, 422]).toContain(await set(flow, password))
    expect(await set(flow, ' '.repeat(40))).toBe(422)
    expect(await look(flow)).toMatchObject({ state: 'proven' })

    expect(await set(flow)).toBe(200)
  })
})

describe('[78] [79] [80] [82] [84] [93] guessing', () => {
  it('two hundred codes at once, the right one among them, are five tries', async () => {
    const flow = await mine()
    // Repeats within a minute are one event.
    rekey.clock.advance(61)
    const before = await rekey.audit('proof.refused')
    const codes = Array.from({ length: 200 }, () => wrong(flow.code))
    // In the last place where it could count if tries were counted after they are compared.
    codes[150] = flow.code
    const answers = await Promise.all(codes.map((code) => codeTry(flow, code)))

    const accepted = answers.filter(({ status }) => status === 200).length
    const state = (await look(flow)).state
    expect(accepted).toBeLessThanOrEqual(1)
    expect(answers.filter(({ json }) => isWrongCode(json)).length + accepted).toBeLessThanOrEqual(5)
    if (accepted === 0) {
      expect(state).toBe('awaiting-proof')
      const { json } = await codeTry(flow, flow.code)
      expect(json).toMatchObject({ type: expect.stringMatching(/#code-tries-used-up$/) })
    }
    expect(await rekey.audit('proof.refused')).toBeGreaterThan(before)
    await expectUntouched()
  })

  it('the right code after five wrong ones is refused, and a new mail gives no try back', async () => {
    const flow = await mine()
    for (let tried = 0; tried < 5; tried += 1) {
      const { json } = await codeTry(flow, wrong(flow.code))
      expect(json).toMatchObject({ triesLeft: 4 - tried })
    }
    rekey.clock.advance(60)
    expect(
      (await rekey.post(`/v1/recoveries/${flow.id}/challenges`, { method: 'email_code' }, flow.secret))
        .status,
    ).toBe(202)
    await rekey.settled()
    const newer = rekey.mailsTo(address).at(-1)
    const { code, token } = secretsOf(newer ?? { text: '' })

    expect((await codeTry(flow, code)).json).toMatchObject({
      type: expect.stringMatching(/#code-tries-used-up$/),
    })
    expect((await spend(token)).state).toBe('proven')
  })

  it('spellings of the name, new flows and forwarded addresses share one budget, and the owner is not locked out', async () => {
    const spellings = [uid, uid.toUpperCase(), `${uid}@example.test`, `${uid}@EXAMPLE.test`, ` ${uid}`]
    let tries = 0
    for (const [at, identifier] of spellings.entries()) {
      const flow = await rekey.mailed(identifier, address)
      for (let tried = 0; tried < 5; tried += 1) {
        const { status } = await rekey.ask(`/v1/recoveries/${flow.id}/proofs`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Flow ${flow.secret}`,
            'x-forwarded-for': `10.${at}.${tried}.1`,
            'x-real-ip': '127.0.0.1',
            'true-client-ip': `10.0.${at}.${tried}`,
            'cf-connecting-ip': '::1',
            forwarded: `for=10.${at}.${tried}.2`,
          },
          body: JSON.stringify({ method: 'email_code', code: wrong(flow.code) }),
        })
        expect(status).toBe(422)
        tries += 1
      }
    }
    expect(tries).toBe(25)

    const flow = await mine()
    expect(flow.code).toBe('')
    expect(await rekey.signsIn(uid, oldPassword)).toBe(true)
    expect((await spend(flow.token)).state).toBe('proven')
  })

  it('a stranger’s starts leave the live link of the owner alone', async () => {
    const flow = await mine()
    for (let at = 0; at < 30; at += 1) await rekey.start(uid)
    await rekey.settled()

    const spent = await spend(flow.token)
    expect(spent.state).toBe('proven')
    expect(await set(spent)).toBe(200)
  })

  it('[88] a thousand starts are a bounded number of mails, and others still get theirs', async () => {
    const before = rekey.mailsTo(address).length
    for (let at = 0; at < 20; at += 1) await Promise.all(Array.from({ length: 50 }, () => rekey.start(uid)))
    await rekey.settled()

    expect(rekey.mailsTo(address).length - before).toBe(20)
    rekey.clock.advance(1_000)
    const own = await rekey.mailed('attacker', attackerAddress)
    expect((await spend(own.token)).state).toBe('proven')
    await expectUntouched()
  })
})

describe('[81] guessing from many networks', () => {
  it('sixty wrong codes from as many addresses use up the account’s budget, and the right one no longer counts', async () => {
    await using crowd = await anAttackedRekey({ trustedProxies: ['127.0.0.1'] })
    const send = (flow: MailedFlow, code: string, from: string) =>
      crowd.ask(`/v1/recoveries/${flow.id}/proofs`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Flow ${flow.secret}`,
          'x-forwarded-for': from,
        },
        body: JSON.stringify({ method: 'email_code', code }),
      })
    const flows: MailedFlow[] = []
    for (let at = 0; at < 3; at += 1) flows.push(await crowd.mailed('victim', victimAddress))
    const last = flows.pop()!
    for (const [at, flow] of flows.entries()) {
      const guesses = Array.from({ length: 30 }, (_, guess) =>
        send(flow, wrong(flow.code), `203.0.${at}.${guess}`),
      )
      const looked = (await Promise.all(guesses)).filter(({ json }) => isWrongCode(json))
      expect(looked.length).toBeGreaterThan(0)
      expect(looked.length).toBeLessThanOrEqual(5)
    }

    // The account's budget is used up: in a fresh flow, from a fresh network, the right code counts as wrong.
    expect(isWrongCode((await send(last, last.code, '198.51.100.7')).json)).toBe(true)
    expect((await crowd.post('/v1/links', { token: last.token })).status).toBe(200)
  })
})

describe('[84] limits of a network', () => {
  it('are not escaped by headers that anybody can send', async () => {
    await using strict = await anAttackedRekey({ limits: { requestsPerNetworkPerMinute: 5 } })
    const statuses: number[] = []
    for (let at = 0; at < 12; at += 1) {
      const answer = await strict.ask('/v1/recoveries', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-forwarded-for': `203.0.113.${at}`,
          forwarded: `for=203.0.113.${at}`,
          'x-real-ip': `203.0.113.${at}`,
          'x-client-ip': '127.0.0.1',
          'cf-connecting-ip': `203.0.113.${at}`,
          via: `1.1 proxy${at}`,
        },
        body: JSON.stringify({ identifier: `nobody${at}` }),
      })
      statuses.push(answer.status)
    }

    expect(statuses.slice(0, 5)).toEqual([202, 202, 202, 202, 202])
    expect(new Set(statuses.slice(5))).toEqual(new Set([429]))
  })
})

describe('[91] long passwords', () => {
  it('are refused before anybody hashes them, and the flow goes on', async () => {
    const flow = await spend((await mine()).token)

    expect(await set(flow, 'a'.repeat(257))).toBe(422)
    expect(await set(flow, 'ä'.repeat(600))).toBe(422)
    expect(await set(flow, 'a'.repeat(9_000))).toBe(400)
    for (const megabytes of [1, 10]) expect(await set(flow, 'a'.repeat(megabytes << 20))).toBe(413)
    expect((await look(flow)).state).toBe('proven')
    expect(await set(flow)).toBe(200)
  })

  it('[118] of which only a part would count are never cut', async () => {
    const flow = await spend((await mine()).token)
    const long = `copper lantern meadow tundra ${'harbour quartz violet '.repeat(9)}end`
    expect(await set(flow, long)).toBe(200)

    expect(await rekey.signsIn(uid, long)).toBe(true)
    expect(await rekey.signsIn(uid, long.slice(0, -1))).toBe(false)
    expect(await rekey.signsIn(uid, long.slice(0, 72))).toBe(false)
  })
})

describe('[22] [94] [95] [96] [97] one use', () => {
  it('a link that was used opens nothing, at once and after the password is set', async () => {
    const { token } = await mine()
    const flow = await spend(token)
    expect((await spend(token)).status).toBe(422)
    expect(await set(flow)).toBe(200)

    expect((await spend(token)).status).toBe(422)
    expect(await set(flow, 'another lantern 9 copper tundra')).toBe(409)
    expect(await rekey.signsIn(uid, newPassword())).toBe(true)
  })

  it('a link opened in two browsers leads to one of them', async () => {
    const { token } = await mine()
    const both = await Promise.all([spend(token), spend(token)])

    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 422])
  })

  it('thirty passwords at once by one holder are one write, and that one works', async () => {
    const flow = await spend((await mine()).token)
    const passwords = Array.from({ length: 30 }, (_, at) => `${newPassword()} ${at}`)
    const statuses = await Promise.all(passwords.map((password) => set(flow, password)))

    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(await rekey.signsIn(uid, passwords[statuses.indexOf(200)] ?? '')).toBe(true)
  })

  it('[105] one code thirty times at once is one proof', async () => {
    const flow = await mine()
    const answers = await Promise.all(Array.from({ length: 30 }, () => codeTry(flow, flow.code)))

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('an older mail of a flow is dead once a newer one is sent', async () => {
    const flow = await mine()
    rekey.clock.advance(60)
    await rekey.post(`/v1/recoveries/${flow.id}/challenges`, { method: 'email_link' }, flow.secret)
    await rekey.settled()
    const newer = secretsOf(rekey.mailsTo(address).at(-1) ?? { text: '' })

    expect((await spend(flow.token)).status).toBe(422)
    expect((await codeTry(flow, flow.code)).status).toBe(422)
    expect((await spend(newer.token)).state).toBe('proven')
  })

  it('link and code end when the configuration says, and not later', async () => {
    await using short = await anAttackedRekey({ limits: { challengeLifetimeSeconds: 60 } })
    const flow = await short.mailed('victim', 'victim.home@example.test')
    const other = await short.mailed('attacker', attackerAddress)
    short.clock.advance(59)
    expect((await short.post('/v1/links', { token: other.token })).status).toBe(200)
    short.clock.advance(2)

    expect((await short.post('/v1/links', { token: flow.token })).status).toBe(422)
    const code = await short.post(
      `/v1/recoveries/${flow.id}/proofs`,
      { method: 'email_code', code: flow.code },
      flow.secret,
    )
    expect(code.json).toMatchObject({ type: expect.stringMatching(/#code-expired$/) })
  })

  it('a proven flow ends by idling', async () => {
    const flow = await spend((await mine()).token)
    rekey.clock.advance(1_801)

    expect(await set(flow)).toBe(410)
    await expectUntouched()
  })
})

describe('[97] [99] [101] what a success ends', () => {
  it('every other link, code and proven flow of the account is dead', async () => {
    const stolen = await mine()
    const proven = await spend((await mine()).token)
    const owner = await spend((await mine()).token)
    expect(await set(owner)).toBe(200)

    expect((await spend(stolen.token)).status).toBe(422)
    expect((await codeTry(stolen, stolen.code)).status).toBe(422)
    expect(await set(proven, 'another lantern 9 copper tundra')).toBe(410)
    expect(await look(stolen)).toMatchObject({ state: 'awaiting-proof' })
    expect(await rekey.signsIn(uid, newPassword())).toBe(true)
  })

  it.each([
    ['disabled', { disabled: true }],
    ['privileged', { privileged: true }],
    ['federated', { federated: true }],
    ['given a second factor', { secondFactor: true }],
  ])(
    '[13] [39] [109] [150] an account that was %s after the proof takes no password by mail',
    async (_, change) => {
      const flow = await spend((await mine()).token)
      await rekey.addPerson({ username: uid, displayName: 'x', recoveryAddresses: [address], ...change })

      expect(await set(flow)).toBe(410)
      expect(await look(flow)).toMatchObject({ state: 'ended', because: 'account-unavailable' })
      await rekey.addPerson({ username: uid, displayName: 'x', recoveryAddresses: [address] })
      await expectUntouched()
    },
  )
})

describe('[13] [14] [39] [109] [110] [150] an account that may not come back by mail', () => {
  it.each([
    ['is disabled', { disabled: true }],
    ['is privileged', { privileged: true }],
    ['has its password elsewhere', { federated: true }],
    ['has a second factor', { secondFactor: true }],
  ])('because it %s is told so by mail, with no way in, on the API and on the pages', async (_, change) => {
    await rekey.addPerson({ username: uid, displayName: 'x', recoveryAddresses: [address], ...change })
    const csrf = 'A'.repeat(43)
    const flow = await rekey.start(uid)
    await rekey.ask('/recover/start', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: `__Host-rekey-csrf=${csrf}` },
      body: `csrf=${csrf}&identifier=${uid}`,
    })
    await rekey.settled()

    const mails = rekey.mailsTo(address)
    expect(mails).toHaveLength(2)
    expect(mails.map(secretsOf)).toEqual([
      { token: '', code: '' },
      { token: '', code: '' },
    ])
    expect(await set(flow)).toBe(409)
    await rekey.addPerson({ username: uid, displayName: 'x', recoveryAddresses: [address] })
    await expectUntouched()
  })
})

describe('[107] [16] [129] things that only look', () => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('%s consumes nothing, whatever it carries', async (method) => {
    const flow = await mine()
    const csrf = 'A'.repeat(43)
    for (const path of [
      '/recover',
      '/recover/link',
      '/v1/links',
      '/disavow',
      '/v1/disavowals',
      `/v1/recoveries/${flow.id}`,
    ]) {
      for (const query of ['', `?token=${flow.token}`, `?csrf=${csrf}&token=${flow.token}`]) {
        const headers = {
          cookie: `__Host-rekey-csrf=${csrf}`,
          'user-agent': 'Mozilla/5.0 (SafeLinks; bingbot)',
        }
        const { status } = await rekey.ask(`${path}${query}`, { method, headers })
        expect(status).toBeLessThan(500)
      }
    }

    expect((await spend(flow.token)).state).toBe('proven')
  })
})

describe('[148] the log', () => {
  it('has an event for every way a password was or was not set', async () => {
    const count = async () =>
      Promise.all(
        ['password.written', 'password.refused', 'password.write-started', 'proof.accepted'].map((name) =>
          rekey.audit(name),
        ),
      )
    const before = await count()
    const flow = await spend((await mine()).token)
    await set(flow, 'short')
    await set(flow)

    expect((await count()).map((now, at) => now - (before[at] ?? 0))).toEqual([1, 1, 1, 1])
  })
})
