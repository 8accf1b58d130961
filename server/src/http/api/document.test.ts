import fastifySwagger from '@fastify/swagger'
import { Validator } from '@seriousme/openapi-schema-validator'
import Fastify from 'fastify'
import { beforeAll, describe, expect, it } from 'vitest'
import { adminApi } from '../console-api/admin/api.ts'
import type { AdminDeps } from '../console-api/admin/deps.ts'
import { problems } from '../problems.ts'
import type { PublicDeps } from '../public-deps.ts'
import { changeRoutes } from './changes.ts'
import { apiDocument } from './document.ts'
import { methodRoutes } from './methods.ts'
import { policyCheckRoutes } from './policy-checks.ts'
import { recoveryRoutes } from './recoveries.ts'

interface Schema {
  properties: Record<string, { pattern?: string }>
  anyOf?: Schema[]
}

interface Operation {
  summary?: string
  description?: string
  security?: object[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { description: string; headers?: object; content?: Record<string, object> }>
}

interface Document {
  openapi: string
  servers: { url: string }[]
  paths: Record<string, Record<string, Operation>>
}

let document: Document
let adminApiDocument: object
beforeAll(async () => {
  const app = Fastify()
  await app.register(fastifySwagger, apiDocument({ server: 'https://recovery.example' }))
  app.after(() => {
    recoveryRoutes(app, {} as PublicDeps)
    policyCheckRoutes(app, {} as PublicDeps)
    changeRoutes(app, {} as PublicDeps)
    methodRoutes(app, {} as PublicDeps)
  })
  await app.ready()
  document = JSON.parse(JSON.stringify(app.swagger())) as Document
  const consoleApp = Fastify()
  const admin = adminApi(consoleApp, {} as AdminDeps)
  await consoleApp.ready()
  adminApiDocument = admin.document()
})

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  )

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0')
    expect(await new Validator().validate({ ...document })).toMatchObject({ valid: true })
    // The validator says no to what is none.
    const broken = { ...document, paths: { '/v1/recoveries': { post: { responses: { 200: {} } } } } }
    expect(await new Validator().validate(broken)).toMatchObject({ valid: false })
  })

  it('says where the API is, and which routes take the flow secret', () => {
    expect(document.servers).toMatchObject([{ url: 'https://recovery.example' }])
    const secured = operations().filter(({ operation }) => operation.security !== undefined)
    expect(secured.map(({ name }) => name).sort()).toEqual([
      'DELETE /v1/me/methods/{id}',
      'DELETE /v1/sign-ins',
      'GET /v1/changes/{id}',
      'GET /v1/me/methods',
      'GET /v1/recoveries/{id}',
      'PATCH /v1/me/methods/{id}',
      'POST /v1/changes',
      'POST /v1/changes/{id}/action-tokens',
      'POST /v1/changes/{id}/password',
      'POST /v1/me/methods',
      'POST /v1/me/methods/tests',
      'POST /v1/me/methods/{id}/confirmation',
      'POST /v1/policy-checks',
      'POST /v1/recoveries/{id}/challenges',
      'POST /v1/recoveries/{id}/password',
      'POST /v1/recoveries/{id}/proofs',
      'POST /v1/recoveries/{id}/unlock',
      'POST /v1/sign-ins/proofs',
    ])
  })

  it('describes every operation and every answer, problems by the codes they may have', () => {
    expect(operations()).toHaveLength(22)
    for (const { name, operation } of operations()) {
      expect({ name, summary: operation.summary }).toEqual({ name, summary: expect.stringMatching(/.{8}/) })
      expect(operation.description).toMatch(/.{8}/)
      for (const [status, answer] of Object.entries(operation.responses)) {
        expect(answer.description).not.toBe('Default Response')
        if (Number(status) < 300) continue
        const [code = ''] = /(?<=`)[a-z-]+(?=`)/.exec(answer.description) ?? []
        expect(problems[code as keyof typeof problems].status).toBe(Number(status))
        expect(answer.content).toEqual({
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        })
        const mayComeBack = status === '429' || answer.description.includes('`directory-unreachable`')
        expect(answer.headers !== undefined).toBe(mayComeBack)
      }
    }
  })

  it('names every problem there is, but those of pages', () => {
    const told = operations().flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(
        ({ description }) => description.match(/(?<=`)[a-z-]+(?=`)/g) ?? [],
      ),
    )
    const ofPages = [
      'provider-unreachable',
      'provider-answer-unusable',
      'provider-account-unknown',
      'method-not-allowed',
      'form-stale',
    ]
    const toAdmins = JSON.stringify(adminApiDocument)
    const isTold = (code: string) => told.includes(code) || toAdmins.includes(`\`${code}\`: `)
    expect(Object.keys(problems).filter((code) => !isTold(code))).toEqual(ofPages)
  })

  it('describes what "this was not me" answers', () => {
    const answer = document.paths['/v1/disavowals']?.['post']?.responses['200']
    expect(answer?.content?.['application/json']).toMatchObject({
      schema: { required: ['passwordWasChanged'], properties: { passwordWasChanged: { type: 'boolean' } } },
    })
  })

  it('lets a code be typed as it stands in the mail', () => {
    const body = document.paths['/v1/recoveries/{id}/proofs']?.['post']?.requestBody
    const pattern = new RegExp(
      body?.content['application/json']?.schema.anyOf?.[0]?.properties['code']?.pattern ?? '',
      'u',
    )
    const right = ['90888088', '9088 8088', '9088-8088', '9088\u00a08088', ' 90888088 ', '90 88-80 88']
    const wrong = ['', '9088808', '908880880', '9088x8088', '9088_8088', '-', '９０８８８０８８', '9088/8088']
    expect(right.filter((typed) => !pattern.test(typed))).toEqual([])
    expect(wrong.filter((typed) => pattern.test(typed))).toEqual([])
  })
})
