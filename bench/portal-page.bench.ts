import { anInstallation, startBare } from './harness/installation.ts'
import { load } from './harness/load.ts'
import { print } from './harness/rows.ts'

/**
 * The portal's first page, rendered for each request, on one core. Beside it, on the same core and in the same run,
 * bare Fastify that sends the same bytes from memory.
 */
const rounds = 5
const seconds = 3
const path = '/recover'

await using installation = await anInstallation()
const page = await (await fetch(`${installation.rekey.portalUrl}${path}`)).text()
await using bare = await startBare('bare-fastify.ts', JSON.stringify(installation.connection), page)

const ours: number[] = []
const theirs: number[] = []
for (const port of [installation.port, bare.port]) await load({ port, path, seconds: 2 }, 200)
for (let round = 0; round < rounds; round += 1) {
  theirs.push((await load({ port: bare.port, path, seconds }, 200)).perSecond)
  ours.push((await load({ port: installation.port, path, seconds }, 200)).perSecond)
}

print({
  what: 'portal pages rendered per second',
  values: ours,
  unit: '/s',
  beside: { what: 'bare Fastify sending the same page', values: theirs },
})
print({ what: 'size of the page, without style', values: [page.length / 1_000], unit: 'kB' })
