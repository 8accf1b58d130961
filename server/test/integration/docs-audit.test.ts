import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { blockOf, markedBlocks } from '../support/document.ts'
import { eventually, startFlow } from '../support/person-at-api.ts'
import { type Rekey, startRekey } from '../support/rekey-process.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')
const verdict = 'northwind.example/rekey-demo/northwind is intact.'

let rekey: Rekey
let folder: string
let blocks: ReadonlyMap<string, string>
beforeAll(async () => {
  blocks = await markedBlocks('docs/audit.md')
  folder = await mkdtemp(join(tmpdir(), 'rekey-docs-'))
  rekey = await startRekey()
  await startFlow(rekey.portalUrl, 'ada')
  const witness = join(rekey.dataFolder, 'witness/northwind.example%2Frekey-demo%2Fnorthwind.checkpoints')
  await eventually('a checkpoint', () => readFile(witness, 'utf8').catch(() => null))
})
afterAll(async () => {
  await rekey[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** In the folder of the checkout, as whoever ran `npm start` there. */
async function shell(script: string) {
  const env: NodeJS.ProcessEnv = { ...process.env, REKEY_DATA: rekey.dataFolder }
  return run('bash', ['--norc', '-euc', script], { env, cwd: root })
}

it('docs/audit.md: the log is verified beside the running service', async () => {
  const { stdout, stderr } = await shell(blockOf(blocks, 'verify'))

  expect(stdout).toContain(verdict)
  expect(stdout).toMatch(/[1-9]\d* events are vouched for/)
  expect(stderr).toContain(join(rekey.dataFolder, 'witness'))
})

it('docs/audit.md: an export is written and verified with the public key in its file', async () => {
  const place = { exported: join(folder, 'exported'), '.rekey/witness': join(rekey.dataFolder, 'witness') }
  const { stdout } = await shell(blockOf(blocks, 'export', place))
  expect(stdout).toContain(verdict)
  expect(stdout).toMatch(/^northwind\.example\/rekey-demo\/northwind\+[0-9a-f]{8}\+/m)

  const verify = blockOf(blocks, 'export', place).trimEnd().split('\n').at(-1) ?? ''
  const [vkey] = /\S+log\.vkey$/.exec(verify) ?? ['']
  await cp(vkey, join(folder, 'other.vkey'))
  const forged = await readFile(vkey, 'utf8').then((key) => key.replace(/\+[0-9a-f]{8}\+/, '+00000000+'))
  await expect(shell(verify.replace(/\S+log\.vkey$/, `'${forged.trim()}'`))).rejects.toMatchObject({
    code: 2,
  })
  await expect(shell(verify.replace(/\S+log\.vkey$/, join(folder, 'other.vkey')))).resolves.toMatchObject({
    stdout: expect.stringContaining(verdict) as string,
  })
})

it('docs/audit.md: the same works when the service is stopped', async () => {
  await rekey.stop()

  const { stdout } = await shell(blockOf(blocks, 'verify'))

  expect(stdout).toContain(verdict)
})
