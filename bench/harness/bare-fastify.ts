import Fastify from 'fastify'
import pg from 'pg'

/**
 * What nobody who uses Fastify and PostgreSQL goes below: read a JSON body, one INSERT, answer. And for pages: send
 * a text that is there already.
 */
const [connection = '{}', page = ''] = process.argv.slice(2)
const pool = new pg.Pool({ ...(JSON.parse(connection) as pg.PoolConfig), max: 10 })
await pool.query(
  'create table if not exists bare (id bigint generated always as identity, identifier text not null)',
)
const app = Fastify()
const schema = {
  body: { type: 'object', properties: { identifier: { type: 'string' } }, required: ['identifier'] },
  response: { 202: { type: 'object', properties: { id: { type: 'string' } } } },
}
app.post<{ Body: { identifier: string } }>('/v1/recoveries', { schema }, async (request, reply) => {
  const { rows } = await pool.query<{ id: string }>({
    name: 'insert',
    text: 'insert into bare (identifier) values ($1) returning id',
    values: [request.body.identifier],
  })
  return reply.code(202).send(rows[0])
})
app.get('/recover', (_request, reply) => reply.type('text/html; charset=utf-8').send(page))
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address()
process.stdout.write(`${typeof address === 'object' ? String(address?.port) : ''}\n`)
