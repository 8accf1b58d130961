import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dial } from '../../src/adapters/agents/dial.ts'
import { openIdentity } from '../../src/adapters/agents/identity-file.ts'
import { openJournal } from '../../src/adapters/agents/journal.ts'
import { keepLine, makeOrderTaker, messageBytesMax } from '../../src/core/agents/index.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { makeMemoryDirectory } from './memory-directory.ts'
import { anAccount } from './recovery-world.ts'

/** An agent as a process of its own, to be killed. Each write that reaches its directory becomes a line of a file. */
const [url = '', caFile = '', folder = '', writesFile = '', fate = ''] = process.argv.slice(2)

const inner = makeMemoryDirectory('people', [anAccount('ada', { key: 'ada' })])
inner.onWrite = ({ key }) => appendFileSync(writesFile, `${key}\n`)
const never = new Promise<void>(() => {})
if (fate === 'never-answers') inner.nextWrite = { is: 'late', until: never }

const journal = openJournal(join(folder, 'journal'), systemOutside)
const deps = {
  ...systemOutside,
  inner,
  // Killed with the line on its way to the disk, in place of a power cut.
  journal: fate === 'never-begins' ? { ...journal, begin: () => never } : journal,
  identity: openIdentity(join(folder, 'identity.json')),
  rules: {
    deny: { usernames: [], groups: [], places: [] },
    refuse: [],
    caps: { writesPerMinute: 100, writesPerHour: 100, proofsPerMinute: 100 },
    clockSkewSeconds: 60,
  },
  version: 'worker',
  log: () => undefined,
}
const ca = readFileSync(caFile, 'utf8')
const reach = (signal: AbortSignal) => dial({ url, ca, messageBytesMax }, signal)
await keepLine(
  { ...deps, taker: makeOrderTaker(deps), server: url, dial: reach },
  new AbortController().signal,
)
