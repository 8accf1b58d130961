import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { Secret } from '../server/src/kernel/secret.ts'
import { addScimPerson, openScimDirectory, scimConfig } from '../server/test/support/scim-people.ts'
import { scimToken, startScimServer } from '../server/test/support/scim-server.ts'
import { inTurns } from './harness/per-second.ts'
import { print } from './harness/rows.ts'

/**
 * Resets per second at a SCIM service: the resource is read with all that decides whether its owner may come back, the
 * groups of administrators are asked, and a PATCH is sent under the version that was read. Beside it, in the same run, at
 * the same service and as many at once: one GET and one PATCH by Node's own client. Both go over TLS, on connections that
 * stay.
 */
const rounds = 3
const people = Number(process.env['REKEY_BENCH_PEOPLE'] ?? 300)
const atOnce = 4

await using server = await startScimServer()
const keys = Array.from({ length: people }, (_, number) =>
  addScimPerson(server, { username: `person-${number}`, password: 'violet tundra kettle' }),
)
const directory = openScimDirectory({ ...(await scimConfig(server)), connections: atOnce })
const agent = new Agent({ keepAlive: true, maxSockets: atOnce, ca: await readFile(server.caFile) })

function send(method: string, path: string, body?: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${scimToken}`, 'content-type': 'application/scim+json' }
    const sent = request(`${server.url}/${path}`, { method, headers, agent }, (answer) => {
      answer.resume().on('end', () => {
        if ((answer.statusCode ?? 500) < 300) resolve()
        else reject(new Error(`${method} ${String(answer.statusCode)}`))
      })
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const measured = await inTurns(
  { rounds, keys, atOnce },
  {
    async alone(key, password) {
      await send('GET', `Users/${key}`)
      await send('PATCH', `Users/${key}`, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'password', value: password }],
      })
    },
    async resets(key, password) {
      const written = await directory.setPassword(key, new Secret(password), AbortSignal.timeout(20_000))
      if (!written.ok) throw new Error(written.because)
    },
  },
)
agent.destroy()
await directory.close()
print({
  what: 'resets per second at a SCIM service',
  values: measured.resets,
  unit: '/s',
  beside: { what: 'a GET and a PATCH', values: measured.alone },
  aim: { ratio: 0.85 },
})
