import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HeldCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts'
import { encodeEntry } from './entry.ts'
import type { Finding } from './findings.ts'
import { leafHash } from './merkle.ts'
import { makeNoteSigner, type NoteVerifier, readVerifierKey } from './note.ts'
import type { CopiedEntry, CopiedTile, LogCopy } from './ports.ts'
import { edgeRoot, emptyEdge, extendEdge, type TreeEdge } from './tiles.ts'
import { verifyLog } from './verify.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const origin = 'rekey.example/acme'
const signer = makeNoteSigner(origin, privateKey)
const stranger = makeNoteSigner(origin, generateKeyPairSync('ed25519').privateKey)
const verifier = readVerifierKey(signer.verifierKey) as NoteVerifier

/** A copy that can be tampered with: plain arrays. */
interface Plain {
  rows: { leaf: number; entry: Uint8Array; columnsAgree: boolean }[]
  tiles: Map<string, Uint8Array[]>
  notes: string[]
}

const entryOf = (index: number, fact = 'ok') =>
  Buffer.from(
    encodeEntry(
      {
        name: 'server.started',
        tenant: 'acme',
        at: new Date(1_700_000_000_000 + index),
        subject: null,
        flow: null,
        facts: { fact },
      },
      { id: `event-${index}` },
    ),
  )

/** What the sealer makes of events that arrive in portions; a checkpoint after each. */
function sealed(portions: readonly number[], entries: (index: number) => Uint8Array = entryOf): Plain {
  const plain: Plain = { rows: [], tiles: new Map(), notes: [] }
  let edge: TreeEdge = emptyEdge
  for (const portion of portions) {
    const added = Array.from({ length: portion }, (_, offset) => entries(edge.size + offset))
    added.forEach((entry, offset) => {
      plain.rows.push({ leaf: edge.size + offset, entry, columnsAgree: true })
    })
    const step = extendEdge(edge, added.map(leafHash))
    for (const { level, index, hashes } of step.tiles) plain.tiles.set(`${level}/${index}`, [...hashes])
    edge = step.edge
    plain.notes.push(signCheckpoint({ origin, size: edge.size, root: edgeRoot(edge) }, signer).note)
  }
  return plain
}

function copyOf(plain: Plain): LogCopy {
  return {
    origin,
    damage: [],
    async *entries() {
      const rows = plain.rows.toSorted((a, b) => a.leaf - b.leaf)
      for (let at = 0; at < rows.length; at += 100) yield rows.slice(at, at + 100) satisfies CopiedEntry[]
    },
    async *tiles() {
      const places = [...plain.tiles].map(([name, hashes]) => ({
        place: name.split('/').map(Number),
        hashes,
      }))
      places.sort((a, b) => (a.place[0] ?? 0) - (b.place[0] ?? 0) || (a.place[1] ?? 0) - (b.place[1] ?? 0))
      for (const { place, hashes } of places) {
        yield {
          level: place[0] ?? 0,
          index: place[1] ?? 0,
          hashes: Buffer.concat(hashes),
        } satisfies CopiedTile
      }
    },
    async *checkpoints() {
      yield* plain.notes
    },
  }
}

const heldOf = (notes: readonly string[]): (HeldCheckpoint & { file: string })[] =>
  notes.map((note, index) => {
    const checkpoint = parseCheckpoint(note)
    if (checkpoint === null) throw new Error('not a checkpoint')
    return { ...checkpoint, line: index * 6 + 1, file: 'witness' }
  })

const verify = (plain: Plain, held: readonly string[]) =>
  verifyLog({ copy: copyOf(plain), trusted: [verifier], held: heldOf(held) })

const named = (findings: readonly Finding[]) =>
  findings.map(({ kind, leaf, event }) => ({ kind, leaf, event }))

const portions = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 })
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
const runs = { numRuns: 40 }

describe('verification of a log', () => {
  it('finds nothing in a log as it was sealed, and says how far it is vouched for', async () => {
    await fc.assert(
      fc.asyncProperty(portions, fc.nat(), async (sizes, pick) => {
        const plain = sealed(sizes)
        const outside = plain.notes[pick % plain.notes.length] ?? ''

        const verdict = await verify(plain, [outside])

        expect(verdict).toMatchObject({
          outcome: 'intact',
          findings: [],
          leaves: sum(sizes),
          unusableHeld: [],
        })
        expect(verdict.provenSize).toBe(sum(sizes.slice(0, (pick % plain.notes.length) + 1)))
      }),
      runs,
    )
  })

  it('does not call a log intact that nothing outside vouches for', async () => {
    const plain = sealed([10])
    const forOther = signCheckpoint(
      { origin: 'rekey.example/other', size: 10, root: new Uint8Array(32) },
      signer,
    )

    expect((await verify(plain, [])).outcome).toBe('unchecked')
    expect((await verify(plain, [forOther.note])).outcome).toBe('unchecked')
  })

  it('does not take the word of a checkpoint that another key signed', async () => {
    const plain = sealed([10])
    const genuine = parseCheckpoint(plain.notes[0] ?? '')
    const notes = [
      signCheckpoint({ origin, size: 10, root: genuine?.root ?? new Uint8Array(32) }, stranger).note,
    ]
    const wrong = signCheckpoint({ origin, size: 5, root: new Uint8Array(32) }, stranger).note

    expect((await verify(plain, notes)).outcome).toBe('unchecked')
    const verdict = await verify(plain, [...plain.notes, wrong])
    expect(verdict).toMatchObject({ outcome: 'intact', unusableHeld: ['witness line 7 (size 5)'] })
  })

  it('names the row that was changed', async () => {
    await fc.assert(
      fc.asyncProperty(portions, fc.nat(), async (sizes, pick) => {
        const plain = sealed(sizes)
        const outside = [...plain.notes]
        const leaf = pick % plain.rows.length
        plain.rows[leaf] = { leaf, entry: entryOf(leaf, 'forged'), columnsAgree: true }

        const verdict = await verify(plain, outside)

        expect(named(verdict.findings)).toEqual([{ kind: 'changed', leaf, event: `event-${leaf}` }])
        expect(verdict.findings[0]?.contradicts).toMatch(/^witness line/)
        expect(verdict.outcome).toBe('tampered')
      }),
      runs,
    )
  })

  it('names the row that was dropped, whether or not the others moved up', async () => {
    await fc.assert(
      fc.asyncProperty(portions, fc.nat(), fc.boolean(), async (sizes, pick, renumber) => {
        const plain = sealed(sizes)
        const leaf = pick % plain.rows.length
        plain.rows.splice(leaf, 1)
        if (renumber) for (const row of plain.rows.slice(leaf)) row.leaf -= 1

        const { findings } = await verify(plain, plain.notes)

        expect(findings[0]).toMatchObject({ kind: 'dropped', leaf })
        expect(findings.slice(1).every(({ kind }) => kind === 'moved')).toBe(true)
        expect(findings.length).toBeLessThanOrEqual(2)
      }),
      runs,
    )
  })

  it('names the row that was inserted, whether or not the others moved down', async () => {
    await fc.assert(
      fc.asyncProperty(portions, fc.nat(), async (sizes, pick) => {
        const plain = sealed(sizes)
        const leaf = pick % (plain.rows.length + 1)
        for (const row of plain.rows.slice(leaf)) row.leaf += 1
        plain.rows.splice(leaf, 0, { leaf, entry: entryOf(99_999), columnsAgree: true })

        const { findings } = await verify(plain, plain.notes)

        expect(named(findings)).toContainEqual({ kind: 'inserted', leaf, event: 'event-99999' })
        expect(findings.filter(({ kind }) => kind !== 'moved')).toHaveLength(1)
        expect(findings.length).toBeLessThanOrEqual(2)
      }),
      runs,
    )
  })

  it('names both rows that changed places', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 600 }), fc.nat(), fc.nat(), async (size, first, second) => {
        const plain = sealed([size])
        const [a, b] = [first % size, second % size]
        fc.pre(a !== b)
        const [rowA, rowB] = [plain.rows[a], plain.rows[b]]
        if (rowA === undefined || rowB === undefined) throw new Error('unreachable')
        ;[rowA.entry, rowB.entry] = [rowB.entry, rowA.entry]

        const { findings } = await verify(plain, plain.notes)

        const expected = [
          { kind: 'moved', leaf: a, at: b, event: `event-${a}` },
          { kind: 'moved', leaf: b, at: a, event: `event-${b}` },
        ].sort((x, y) => x.leaf - y.leaf)
        expect(findings).toMatchObject(expected)
      }),
      runs,
    )
  })

  it('tells a row from its copies in other places', async () => {
    const plain = sealed([10])
    const entry = entryOf(3)
    plain.rows[3] = { leaf: 3, entry: entryOf(3, 'forged'), columnsAgree: true }
    plain.rows[4] = { leaf: 4, entry, columnsAgree: true }
    plain.rows[5] = { leaf: 5, entry, columnsAgree: true }

    const { findings } = await verify(plain, plain.notes)

    expect(findings.map(({ kind, leaf, at }) => ({ kind, leaf, at }))).toEqual(
      expect.arrayContaining([
        { kind: 'inserted', leaf: 3, at: null },
        { kind: 'moved', leaf: 3, at: 4 },
        { kind: 'dropped', leaf: 4, at: null },
        { kind: 'changed', leaf: 5, at: null },
      ]),
    )
    expect(findings).toHaveLength(4)
  })

  it('notices a log that was set back to an older state, tree and checkpoints included', async () => {
    await fc.assert(
      fc.asyncProperty(portions, async (sizes) => {
        const older = sealed(sizes.slice(0, -1))
        const whole = sealed(sizes)

        const { findings, outcome } = await verify(older, whole.notes.slice(-1))

        expect(outcome).toBe('tampered')
        expect(findings).toMatchObject([
          { kind: 'truncated', leaf: sum(sizes.slice(0, -1)), to: sum(sizes) - 1 },
        ])
      }),
      runs,
    )
  })

  it('narrows rows that were rewritten together with the tree to those between two outside checkpoints', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 2, maxLength: 5 }),
        fc.nat(),
        async (sizes, pick) => {
          const outside = sealed(sizes).notes
          const leaf = pick % sum(sizes)
          const rewritten = sealed(sizes, (index) => entryOf(index, index === leaf ? 'forged' : 'ok'))

          const { findings } = await verify(rewritten, outside)

          const [one] = findings.filter(({ kind }) => kind === 'rewritten')
          const border = sizes.findIndex((_, index) => sum(sizes.slice(0, index + 1)) > leaf)
          expect(one).toMatchObject({
            leaf: sum(sizes.slice(0, border)),
            to: sum(sizes.slice(0, border + 1)) - 1,
          })
          expect(one?.events).toContain(`event-${leaf}`)
          expect(one?.contradicts).toMatch(/^witness line/)
        },
      ),
      runs,
    )
  })

  it('is not led astray by checkpoints that whoever rewrote the log made up', async () => {
    const outside = sealed([50, 50]).notes.slice(-1)
    const rewritten = sealed([50, 50], (index) => entryOf(index, index === 3 ? 'forged' : 'ok'))
    const forged = rewritten.notes.map((note) => {
      const checkpoint = parseCheckpoint(note)
      return signCheckpoint(
        { origin, size: checkpoint?.size ?? 0, root: checkpoint?.root ?? new Uint8Array(32) },
        stranger,
      ).note
    })

    const { findings } = await verify({ ...rewritten, notes: forged }, outside)

    expect(findings).toContainEqual(expect.objectContaining({ kind: 'rewritten', leaf: 0, to: 99 }))
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'checkpoint-forged' }))
  })

  it('tells a changed hash in the tree from a changed row', async () => {
    await fc.assert(
      fc.asyncProperty(portions, fc.nat(), async (sizes, pick) => {
        const plain = sealed(sizes)
        const names = [...plain.tiles.keys()]
        const name = names[pick % names.length] ?? ''
        const hashes = plain.tiles.get(name) ?? []
        hashes[pick % hashes.length] = new Uint8Array(32).fill(1)

        const { findings } = await verify(plain, plain.notes)

        const leaf = Number(name.split('/')[1]) * 256 + (pick % hashes.length)
        expect(findings).toMatchObject(
          name.startsWith('0/')
            ? [{ kind: 'hash-changed', leaf, event: `event-${leaf}` }]
            : [{ kind: 'tile-changed', detail: `tile ${name}` }],
        )
      }),
      runs,
    )
  })

  it('notices a tile that is gone', async () => {
    const plain = sealed([300, 300])

    for (const name of plain.tiles.keys()) {
      const tiles = new Map([...plain.tiles].filter(([other]) => other !== name))
      expect((await verify({ ...plain, tiles }, plain.notes)).outcome).toBe('tampered')
    }
  })

  it('notices rows and tree that grew without a checkpoint of the log’s key', async () => {
    const plain = sealed([20, 5])
    const outside = plain.notes.slice(0, 1)

    const { findings } = await verify({ ...plain, notes: outside }, outside)

    expect(findings).toContainEqual(expect.objectContaining({ kind: 'inserted', leaf: 20, to: 24 }))
  })

  it('notices that the newest checkpoint beside the log is missing or not genuine', async () => {
    const plain = sealed([20, 5])
    const newest = parseCheckpoint(plain.notes.at(-1) ?? '')
    const root = newest?.root ?? new Uint8Array(32)
    const forged = plain.notes.with(-1, signCheckpoint({ origin, size: 25, root }, stranger).note)

    const missing = await verify({ ...plain, notes: plain.notes.slice(0, 1) }, plain.notes)
    expect(missing.findings).toMatchObject([{ kind: 'checkpoint-dropped', leaf: 20, to: 24 }])
    const notGenuine = await verify({ ...plain, notes: forged }, plain.notes)
    expect(notGenuine.findings).toMatchObject([{ kind: 'checkpoint-forged' }])
    const rubbish = await verify({ ...plain, notes: ['rubbish', ...plain.notes] }, plain.notes)
    expect(rubbish.findings).toMatchObject([{ kind: 'checkpoint-forged' }])
  })

  it('names a row whose search columns lie', async () => {
    const plain = sealed([20])
    plain.rows[7] = { leaf: 7, entry: entryOf(7), columnsAgree: false }

    expect(named((await verify(plain, plain.notes)).findings)).toEqual([
      { kind: 'columns-changed', leaf: 7, event: 'event-7' },
    ])
  })
})
