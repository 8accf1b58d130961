import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import { call, type Held, proveByMail, setPassword } from '../support/person-at-api.ts'
import { buildIfStale, onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'

const command = join(import.meta.dirname, '../../bin/rekey.js')
const lost = 'seven otters borrow umbrellas'
const safe = 'eleven otters return umbrellas'
const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase()

let home: string
beforeAll(async () => {
  await buildIfStale()
  home = await mkdtemp(join(tmpdir(), 'rekey-lists-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

interface Ran {
  exitCode: number | null
  out: string
  err: string
}

function rekey(words: readonly string[], input = ''): { child: ReturnType<typeof spawn>; ran: Promise<Ran> } {
  const child = spawn(process.execPath, [command, 'breach', ...words], { stdio: 'pipe' })
  const said = { out: '', err: '' }
  child.stdout.on('data', (text) => (said.out += String(text)))
  child.stderr.on('data', (text) => (said.err += String(text)))
  child.stdin.end(input)
  const ran = once(child, 'close').then(([exitCode]) => ({ exitCode: exitCode as number | null, ...said }))
  return { child, ran }
}

describe('rekey breach', () => {
  it('makes an index of what comes over a pipe, and answers from it', async () => {
    const index = join(home, 'pipe.index')
    const dump = `${sha1('a')}:4\r\n${sha1('b')}:1\r\n${sha1('a')}:4\r\n`

    const made = await rekey(['import', '-', index], dump).ran
    const [there, not, wrong, whole] = await Promise.all([
      rekey(['find', index, sha1('b').toLowerCase()]).ran,
      rekey(['find', index, sha1('c'), '--json']).ran,
      rekey(['find', index, 'password']).ran,
      rekey(['check', index]).ran,
    ])

    expect(made).toMatchObject({ exitCode: 0, out: expect.stringContaining('2 sha1 hashes from 3 lines') })
    expect(there).toMatchObject({ exitCode: 0, out: 'listed\n' })
    expect(JSON.parse(not.out)).toEqual({ ok: true, found: false })
    expect(wrong).toMatchObject({ exitCode: 2, err: expect.stringContaining('40 hexadecimal digits') })
    expect(whole).toMatchObject({ exitCode: 0, out: expect.stringContaining('is whole: 2 sha1 hashes') })
  })

  it('refuses an index that is none, and a dump that is none, by name', async () => {
    const file = join(home, 'notes.txt')
    await writeFile(file, 'dear diary\n')

    const [check, made] = await Promise.all([
      rekey(['check', file]).ran,
      rekey(['import', file, join(home, 'never.index')]).ran,
    ])

    expect(check).toMatchObject({ exitCode: 1, err: expect.stringContaining(`${file} is no breach index`) })
    expect(made).toMatchObject({ exitCode: 2, err: expect.stringContaining(`line 1 of ${file} is neither`) })
    expect(existsSync(join(home, 'never.index'))).toBe(false)
  })

  it('makes an index once at a time', async () => {
    const index = join(home, 'twice.index')
    const first = spawn(process.execPath, [command, 'breach', 'import', '-', index], { stdio: 'pipe' })
    const ended = once(first, 'close')
    first.stdin.write(`${sha1('a')}\n`)
    while (!existsSync(`${index}.import/255.hashes`)) await sleep(5)

    const second = await rekey(['import', '-', index], `${sha1('b')}\n`).ran
    first.stdin.end()

    expect(second).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('is being made by another process'),
    })
    expect((await ended)[0]).toBe(0)
    expect((await rekey(['find', index, sha1('a')]).ran).out).toBe('listed\n')
    expect((await rekey(['import', '-', index], `${sha1('b')}\n`).ran).exitCode).toBe(0)
  })

  it('killed in the middle goes on where it was, and the same index comes out', {
    timeout: 120_000,
  }, async () => {
    const dump = join(home, 'large.txt')
    const lines = 200_000
    await writeLarge(dump, { lines, repeats: 75 })
    const index = join(home, 'large.index')
    const { child, ran } = rekey(['import', dump, index])
    const state = join(`${index}.import`, 'state.json')
    while (!existsSync(state) && child.exitCode === null) await sleep(5)
    child.kill('SIGKILL')
    await ran
    expect(existsSync(index)).toBe(false)

    const again = await rekey(['import', dump, index, '--json']).ran
    const inOneGo = await rekey(['import', dump, `${index}.one`, '--json']).ran

    expect(again.exitCode).toBe(0)
    const [resumed, whole] = [again, inOneGo].map(({ out }) => JSON.parse(out) as Record<string, number>)
    expect(resumed?.['resumedAt']).toBeGreaterThan(1_000_000)
    expect(whole).toMatchObject({ resumedAt: 0, entries: lines })
    // But for the time in the header, which its check sum covers.
    const body = (path: string) => readFileSync(path).subarray(64)
    expect(body(index).equals(body(`${index}.one`))).toBe(true)
    expect((await stat(dump)).size).toBeGreaterThan(600_000_000)
  })
})

/** The same lines again and again: what is large is the dump, not what it takes to make it. */
async function writeLarge(
  path: string,
  { lines, repeats }: { lines: number; repeats: number },
): Promise<void> {
  const block = Buffer.from(Array.from({ length: lines }, (_, at) => `${sha1(`p${at}`)}:1\r\n`).join(''))
  const file = createWriteStream(path)
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    if (!file.write(block)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

describe('a recovery', () => {
  const person = { identifier: 'ada', address: 'ada@home.example' }
  let directory: OpenLdap
  let mail: MailServer
  beforeAll(async () => {
    directory = await startOpenLdap()
    mail = await aMailServer({ tls: 'none' })
    await directory.addPeople([
      { uid: 'ada', password: 'before it was forgotten', recoveryAddresses: [person.address] },
    ])
  })
  afterAll(async () => {
    await mail[Symbol.asyncDispose]()
    await directory[Symbol.asyncDispose]()
  })

  const aService = (breach: object) => {
    const { config, env } = onOpenLdap(directory)
    return startRekey({ config: { ...config, breach }, env, smtp: mail })
  }
  const asked = async (service: Rekey, held: Held, password: string) => {
    const answer = await setPassword(service.portalUrl, held, password)
    const errors = (answer?.body['errors'] ?? []) as { code: string; detail: string }[]
    return [answer?.status, ...errors.map(({ code }) => code)]
  }

  it('takes no password that others have lost, and nothing is used up by that', async () => {
    const index = join(home, 'recovery.index')
    await rekey(['import', '-', index], `${sha1(lost)}\n`).ran
    await using service = await aService({ file: index, whenUnanswered: 'refuse' })
    const held = await proveByMail(service.portalUrl, person, mail)

    expect(await asked(service, held, lost)).toEqual([422, 'password-breached'])
    expect(await directory.canBind('ada', lost)).toBe(false)
    expect(await asked(service, held, safe)).toEqual([200])
    expect(await directory.canBind('ada', safe)).toBe(true)
    expect(service.log()).not.toContain(lost)
  })

  it('says that a list could not be asked, or goes on and says so in the log, as policy has it', async () => {
    let answer: string | null = null
    const api = createServer((_, reply) => {
      if (answer === null) reply.writeHead(503).end()
      else reply.end(answer)
    }).listen(0, '127.0.0.1')
    await once(api, 'listening')
    const range = { url: `http://127.0.0.1:${(api.address() as { port: number }).port}` }
    try {
      await using strict = await aService({ range, whenUnanswered: 'refuse' })
      const held = await proveByMail(strict.portalUrl, person, mail)
      expect(await asked(strict, held, lost)).toEqual([422, 'password-unchecked'])
      answer = `${sha1(lost).slice(5)}:3\r\n`
      expect(await asked(strict, held, lost)).toEqual([422, 'password-breached'])
      await strict.stop()

      answer = null
      await using lenient = await aService({ range, whenUnanswered: 'accept' })
      const other = await proveByMail(lenient.portalUrl, person, mail)
      expect(await asked(lenient, other, lost)).toEqual([200])
      expect(lenient.log()).toContain('"event":"password.breach-unchecked"')
      expect(lenient.log()).toContain('"because":"breach-list-unreachable"')
      expect(await call(lenient.portalUrl, '/readyz')).toMatchObject({ status: 200 })
    } finally {
      api.close()
    }
  })
})
