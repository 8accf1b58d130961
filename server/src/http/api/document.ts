import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'

/** What the OpenAPI document says about the API as a whole. `server` is an absolute URL without a slash at the end. */
export const apiDocument = ({ server }: { server: string }): FastifyDynamicSwaggerOptions => ({
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Rekey self-service API',
      version: '1.0.0',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'One run of a way back in is a flow. Whoever starts it gets its id and its secret; the id is public, the ' +
        'secret opens the flow. Each accepted proof answers with a new secret, and the one before it is dead from ' +
        'then on, so whoever started a flow holds nothing after somebody else has proven. Errors are problem ' +
        'documents (RFC 9457); programs tell them apart by `type`. Until the first proof all answers are the same ' +
        'whether or not the account exists.',
    },
    servers: [{ url: server, description: 'The first tenant. Each tenant has its own host.' }],
    tags: [
      { name: 'recovery', description: 'The way back in for somebody who lost a password.' },
      { name: 'change', description: 'Another password for somebody who knows the current one.' },
      { name: 'methods', description: 'What a person who has signed in proves themselves with.' },
    ],
    components: {
      securitySchemes: {
        flow: {
          type: 'http',
          scheme: 'Flow',
          description:
            'The flow secret of the latest answer that had one: `Authorization: Flow <secret>`. A wrong one and an ' +
            'unknown id get the same answer.',
        },
        session: {
          type: 'http',
          scheme: 'Session',
          description: 'The secret of a sign-in: `Authorization: Session <secret>`.',
        },
      },
    },
  },
  refResolver: {
    // Schemas keep their own names; generated clients are made of them.
    buildLocalReference: (schema, _base, _fragment, at) =>
      typeof schema['$id'] === 'string' ? schema['$id'] : `def-${at.toString()}`,
  },
})
