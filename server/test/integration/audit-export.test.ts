import { generateKeyPairSync } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import fc from 'fast-check'
import type { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFileWitness, witnessFileName } from '../../src/adapters/sinks/file-witness.ts'
import { makeHttpWitness } from '../../src/adapters/sinks/http-witness.ts'
import { makeMailWitness } from '../../src/adapters/sinks/mail-witness.ts'
import {
  type AuditStore,
  auditMigration,
  makeAuditStore,
  openExport,
} from '../../src/adapters/stores/audit/index.ts'
import { verifyDatabase, verifyExport } from '../../src/cli/audit.ts'
import type { AuditEvent, LogVerdict, Witness } from '../../src/core/audit/index.ts'
import { makeNoteSigner, readCheckpoints, signCheckpoint } from '../../src/core/audit/index.ts'
import { makeKeyRing } from '../../src/kernel/keys.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { aDatabase, type TestDatabase } from '../support/database.ts'

const origin = 'rekey.example/audit'
const signingKey = generateKeyPairSync('ed25519')

const anEvent = (order: number): AuditEvent => ({
  name: 'flow.moved',
  tenant: 'acme',
  at: new Date(Date.UTC(2026, 4, 4) + order),
  subject: 'subject-ada',
  flow: null,
  facts: { order },
})

function aStore(database: Kysely<unknown>, witnesses: readonly Witness[]): AuditStore {
  return makeAuditStore({
    database,
    dataKey: makeKeyRing({ id: 'k1', bytes: new Uint8Array(32).fill(1) }),
    signingKeys: { all: () => [signingKey], current: () => signingKey },
    origin,
    witnesses,
    outside: systemOutside,
    warn: () => {},
  })
}

function aTerminal() {
  const lines: string[] = []
  const errors: string[] = []
  return { lines, errors, out: (text: string) => lines.push(text), err: (text: string) => errors.push(text) }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort()
}

describe('an exported audit log', () => {
  let folder: string
  let database: TestDatabase<unknown>
  let store: AuditStore
  const exported = () => join(folder, 'export')
  const held = () => join(folder, 'witness', witnessFileName(`${origin}/acme`))

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rekey-export-'))
    database = await aDatabase([auditMigration])
    store = aStore(database.kysely, [makeFileWitness({ folder: join(folder, 'witness'), everyMs: 0 })])
    for (let from = 0; from < 700; from += 100) {
      const events = Array.from({ length: 100 }, (_, offset) => anEvent(from + offset))
      await database.kysely.transaction().execute((trx) => store.append(trx, events))
      await store.sealPending()
      await store.witnessesSettled()
      if (from === 200) await store.exportLog('acme', join(folder, 'older'))
    }
    await store.exportLog('acme', exported())
  })
  afterAll(async () => {
    await database[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  async function verdictOn(path: string): Promise<{ code: number; log: LogVerdict }> {
    const terminal = aTerminal()
    const code = await verifyExport({
      folder: path,
      checkpointFile: held(),
      verifierKey: store.verifierKeys('acme')[0] ?? '',
      open: openExport,
      json: true,
      terminal,
    })
    const printed = JSON.parse(terminal.lines.join('\n')) as { logs: [LogVerdict] }
    return { code, log: printed.logs[0] }
  }

  it('lies on disk as C2SP tlog-tiles says', async () => {
    expect(await filesBelow(exported())).toEqual([
      'checkpoint',
      'log.vkey',
      'tile/0/000',
      'tile/0/001',
      'tile/0/002.p/188',
      'tile/1/000.p/2',
      'tile/entries/000',
      'tile/entries/001',
      'tile/entries/002.p/188',
    ])
    expect((await readFile(join(exported(), 'tile/0/001'))).length).toBe(256 * 32)
    const bundle = await readFile(join(exported(), 'tile/entries/000'))
    const first = JSON.parse(bundle.subarray(2, 2 + bundle.readUInt16BE(0)).toString('utf8')) as unknown
    expect(first).toMatchObject({ v: 1, tenant: 'acme', name: 'flow.moved', facts: { order: 0 } })
  })

  it('is intact as exported', async () => {
    const { code, log } = await verdictOn(exported())

    expect({ code, outcome: log.outcome, leaves: log.leaves, proven: log.provenSize }).toEqual({
      code: 0,
      outcome: 'intact',
      leaves: 700,
      proven: 700,
    })
  })

  it('is not written over another one', async () => {
    await expect(store.exportLog('acme', exported())).rejects.toThrow('not empty')
  })

  it('reveals any single byte that was changed, anywhere, and names the event when it was one', async () => {
    const files = await filesBelow(exported())
    const changes = fc.record({
      file: fc.constantFrom(...files),
      place: fc.nat(),
      by: fc.integer({ min: 1, max: 255 }),
    })

    await fc.assert(
      fc.asyncProperty(changes, async ({ file, place, by }) => {
        const path = join(exported(), file)
        const bytes = await readFile(path)
        const at = place % bytes.length
        const changed = Buffer.from(bytes)
        changed[at] = ((bytes[at] ?? 0) + by) % 256
        await writeFile(path, changed)

        const { code, log } = await verdictOn(exported())
        await writeFile(path, bytes)

        expect({ code, outcome: log.outcome }).toEqual({ code: 1, outcome: 'tampered' })
        if (file.startsWith('tile/entries/')) {
          const leaf =
            leafAt(bytes, at) + 256 * Number(file.slice('tile/entries/'.length, 'tile/entries/000'.length))
          const covers = log.findings.some(
            (one) => one.leaf !== null && one.leaf <= leaf && leaf <= (one.to ?? one.leaf),
          )
          expect(covers).toBe(true)
          expect(log.findings.every((one) => one.leaf === null || one.contradicts !== null)).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })

  /** The entry that the byte belongs to, its length included. */
  function leafAt(bundle: Buffer, at: number): number {
    let leaf = 0
    for (let start = 0; ; leaf += 1) {
      start += 2 + bundle.readUInt16BE(start)
      if (at < start) return leaf
    }
  }

  it('reveals any file that is gone or empty', async () => {
    for (const file of await filesBelow(exported())) {
      const path = join(exported(), file)
      const bytes = await readFile(path)
      await writeFile(path, '')
      expect({ file, code: (await verdictOn(exported())).code }).toEqual({ file, code: 1 })
      await rm(path)
      expect({ file, code: (await verdictOn(exported())).code }).toEqual({ file, code: 1 })
      await writeFile(path, bytes)
    }
    expect((await verdictOn(exported())).code).toBe(0)
  })

  it('reveals an older state put in its place, as a whole or in parts', async () => {
    const older = await verdictOn(join(folder, 'older'))
    expect(older.code).toBe(1)
    expect(older.log.findings).toMatchObject([{ kind: 'truncated', leaf: 300, to: 699 }])

    const mixed = join(folder, 'mixed')
    await cp(exported(), mixed, { recursive: true })
    await cp(join(folder, 'older', 'checkpoint'), join(mixed, 'checkpoint'))
    expect((await verdictOn(mixed)).log.findings).toMatchObject([
      { kind: 'checkpoint-dropped', leaf: 300, to: 699 },
    ])
  })

  it('is not believed without a checkpoint from elsewhere, or when there is nothing to look at', async () => {
    const command = { verifierKey: null, open: openExport, json: false, terminal: aTerminal() }
    const empty = join(folder, 'empty')
    await writeFile(empty, '')

    expect(
      await verifyExport({ ...command, folder: exported(), checkpointFile: join(folder, 'missing') }),
    ).toBe(2)
    expect(await verifyExport({ ...command, folder: exported(), checkpointFile: empty })).toBe(2)
    expect(await verifyExport({ ...command, folder: join(folder, 'witness'), checkpointFile: held() })).toBe(
      2,
    )
    expect(await verifyExport({ ...command, folder: exported(), checkpointFile: dirname(held()) })).toBe(0)
  })

  it('is told about in words a person understands', async () => {
    const terminal = aTerminal()
    const path = join(exported(), 'tile/entries/001')
    const bytes = await readFile(path)
    await writeFile(path, bytes.toString('latin1').replace('"order":300', '"order":999'), 'latin1')

    const command = { folder: exported(), checkpointFile: held(), verifierKey: null, open: openExport }
    const code = await verifyExport({ ...command, json: false, terminal })
    await writeFile(path, bytes)

    expect(code).toBe(1)
    expect(terminal.lines).toEqual([
      'rekey.example/audit/acme was tampered with.',
      expect.stringMatching(
        /^ {2}leaf 300 was changed after it was sealed \(event \w{26}\); contradicts rekey.*line 19 \(size 400\)\.$/,
      ),
    ])
  })

  it('and the database it came from are verified alike', async () => {
    const terminal = aTerminal()
    const command = { store, origin, tenant: null, checkpointFile: held(), json: false, terminal }

    expect(await verifyDatabase(command)).toBe(0)
    expect(terminal.lines).toEqual([
      'rekey.example/audit/acme is intact.',
      expect.stringMatching(/^ {2}700 events are vouched for by .* line 37 \(size 700\)\.$/),
    ])
    const unknown = join(folder, 'unknown')
    const signer = makeNoteSigner(`${origin}/ghost`, signingKey.privateKey)
    const ghost = signCheckpoint({ origin: signer.name, size: 3, root: new Uint8Array(32) }, signer)
    await writeFile(unknown, `${await readFile(held(), 'utf8')}\n${ghost.note}`)
    expect(await verifyDatabase({ ...command, checkpointFile: unknown })).toBe(1)
    expect(terminal.lines.at(-1)).toMatch(/leaves 0 to 2 are gone/)
  })
})

describe('a witness', () => {
  const signer = makeNoteSigner(`${origin}/acme`, signingKey.privateKey)
  const checkpoint = (size: number, fill = size) =>
    signCheckpoint({ origin: signer.name, size, root: new Uint8Array(32).fill(fill) }, signer)
  const signal = new AbortController().signal
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rekey-witness-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('in a file keeps every checkpoint, after a torn write too', async () => {
    const witness = makeFileWitness({ folder: join(folder, 'torn') })
    const path = join(folder, 'torn', witnessFileName(signer.name))
    await witness.hold(checkpoint(1), signal)
    await writeFile(path, 'rekey.example/audit/acme\n2\nAAA', { flag: 'a' })

    await makeFileWitness({ folder: join(folder, 'torn') }).hold(checkpoint(3), signal)
    await witness.hold(checkpoint(4), signal)

    const { held, unreadable } = readCheckpoints(await readFile(path, 'utf8'))
    expect({ sizes: held.map(({ size }) => size), unreadable }).toEqual({ sizes: [1, 3, 4], unreadable: 1 })
    expect(await witness.newest?.(signer.name)).toMatchObject({ size: 4 })
    expect(await witness.newest?.(`${origin}/nobody`)).toBeNull()
  })

  it('in a file says when it can not write', async () => {
    await writeFile(join(folder, 'no-folder'), '')

    await expect(
      makeFileWitness({ folder: join(folder, 'no-folder') }).hold(checkpoint(1), signal),
    ).rejects.toThrow('witness-unreachable')
  })

  it('behind HTTP gets the checkpoint’s text and is believed only when it says yes', async () => {
    const posted: string[] = []
    let answer = 200
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')))
      request.on('end', () => {
        posted.push(`${request.method} ${request.url} ${body}`)
        response.writeHead(answer, answer === 302 ? { location: '/elsewhere' } : {}).end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const witness = makeHttpWitness({ name: 'far away', url: `http://127.0.0.1:${port}/hold`, fetch })

    await witness.hold(checkpoint(1), signal)
    for (const [status, because] of [
      [302, 'witness-unreachable'],
      [409, 'audit-log-broken'],
      [500, 'witness-unreachable'],
    ] as const) {
      answer = status
      await expect(witness.hold(checkpoint(2), signal)).rejects.toThrow(because)
    }
    await new Promise((resolve) => server.close(resolve))
    await expect(witness.hold(checkpoint(3), signal)).rejects.toThrow('witness-unreachable')

    expect(posted[0]).toBe(`POST /hold ${checkpoint(1).note}`)
    expect(posted.some((line) => line.includes('elsewhere'))).toBe(false)
  })

  it('behind mail gets a text that verification reads back', async () => {
    const mails: { subject: string; text: string }[] = []
    const witness = makeMailWitness({ name: 'mail', send: async (mail) => void mails.push(mail) })

    await witness.hold(checkpoint(12), signal)

    expect(mails[0]?.subject).toBe('Audit checkpoint of rekey.example/audit/acme: 12 events')
    const mailbox = `From: rekey\nSubject: ${mails[0]?.subject}\n\n${mails[0]?.text}\n`.replaceAll(
      '\n',
      '\r\n',
    )
    expect(readCheckpoints(mailbox).held.map(({ size }) => size)).toEqual([12])
  })
})
