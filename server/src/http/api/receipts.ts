import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from '../problems.ts'
import type { PublicDeps } from '../public-deps.ts'

/**
 * Where providers say what became of a text. The address of each text has a mac of its own, and each vendor signs in its
 * own way; whatever is not right is not found. Whatever is right is taken, as often as it comes, known or not.
 */
export function receiptRoutes(
  app: FastifyInstance,
  { textReceipts }: Pick<PublicDeps, 'textReceipts'>,
): void {
  if (textReceipts === undefined) return
  app.addContentTypeParser<string>('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  const take = async (request: FastifyRequest<{ Params: ReceiptName }>, reply: FastifyReply) => {
    const { url, headers, params, body } = request
    const taken = await textReceipts.take(params, {
      url,
      header(name) {
        const value = headers[name]
        return typeof value === 'string' ? value : undefined
      },
      query: new URL(url, 'http://receipt.invalid').searchParams,
      body: typeof body === 'string' ? body : '',
    })
    return taken === 'taken' ? reply.code(204).send() : sendProblem(reply, 'not-found')
  }
  const path = '/v1/receipts/:tag/:provider'
  app.post(path, { schema: { hide: true } }, take)
  // Some vendors write with a GET. It is theirs alone: nobody can look at it by chance.
  app.get(path, { schema: { hide: true }, exposeHeadRoute: false }, take)
}

interface ReceiptName {
  tag: string
  provider: string
}
