import { hash } from '@node-rs/argon2'

/** So many argon2id of the embedded directory's cost, some at a time; prints how many a second and what each takes. */
const [count = 0, atOnce = 1] = process.argv.slice(2).map(Number)
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
let left = count
const cpu = process.cpuUsage()
const began = performance.now()
const work = async (): Promise<void> => {
  while (left > 0) {
    left -= 1
    await hash('a password of usual length', cost)
  }
}
await Promise.all(Array.from({ length: atOnce }, work))
const { user, system } = process.cpuUsage(cpu)
const perSecond = count / ((performance.now() - began) / 1_000)
process.stdout.write(JSON.stringify({ perSecond, milliseconds: (user + system) / 1_000 / count }))
