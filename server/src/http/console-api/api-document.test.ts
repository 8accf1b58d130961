import { describe, expect, it } from 'vitest'
import { describeApi } from './api-document.ts'

const document = {
  openapi: '3.1.0',
  info: { title: 'An API', version: '1.2.3' },
  components: {
    schemas: {
      Flow: {
        type: 'object',
        required: ['state'],
        properties: {
          state: { anyOf: [{ const: 'proven' }, { const: 'ended' }], description: 'Where it stands.' },
          assurance: {
            anyOf: [{ type: 'null' }, { $ref: '#/components/schemas/Assurance' }],
          },
          methods: { type: 'array', items: { type: 'string' } },
          errors: { type: 'array', items: { type: 'object', properties: { pointer: { type: 'string' } } } },
        },
      },
      Assurance: { type: 'object' },
      Tree: { type: 'object', properties: { child: { $ref: '#/components/schemas/Tree' } } },
      Loop: { $ref: '#/components/schemas/Loop' },
    },
  },
  paths: {
    '/v1/flows/{id}': {
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { type: 'string', description: 'Public.' } },
      ],
      get: {
        summary: 'Look',
        responses: {
          200: {
            description: 'Default Response',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Flow' } } },
          },
          '4xx': { description: 'A problem.' },
        },
      },
      post: {
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Tree' } } } },
        responses: {
          200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Loop' } } } },
        },
      },
    },
  },
}

describe('the API page', () => {
  it('lists every operation with its parameters and answers', () => {
    const { title, version, operations } = describeApi(document)
    const [get, post] = operations

    expect([title, version, operations.length]).toEqual(['An API', '1.2.3', 2])
    expect(get).toMatchObject({
      method: 'GET',
      path: '/v1/flows/{id}',
      summary: 'Look',
      parameters: [{ name: 'id', type: 'string in path', required: true, description: 'Public.' }],
      body: [],
    })
    expect(get?.answers).toEqual([
      {
        status: '200',
        description: '',
        fields: [
          { name: 'state', type: '"proven" | "ended"', required: true, description: 'Where it stands.' },
          { name: 'assurance', type: 'null | object', required: false, description: '' },
          { name: 'methods', type: 'string[]', required: false, description: '' },
          { name: 'errors', type: 'object[]', required: false, description: '' },
          { name: 'errors[].pointer', type: 'string', required: false, description: '' },
        ],
      },
      { status: '4xx', description: 'A problem.', fields: [] },
    ])
    expect(post?.method).toBe('POST')
  })

  it('ends where a schema contains itself', () => {
    const post = describeApi(document).operations[1]

    expect(post?.body.map(({ name }) => name)).toEqual([
      'child',
      'child.child',
      'child.child.child',
      'child.child.child.child',
    ])
    expect(post?.answers[0]?.fields).toEqual([])
  })

  it.each([{}, { paths: null }, { paths: { '/a': { get: 'nonsense' } } }, { paths: [] }])(
    'leaves out what it does not understand: %j',
    (strange) => {
      expect(() => describeApi(strange)).not.toThrow()
    },
  )
})

describe('refusals', () => {
  const problem = (description: string) => ({
    description,
    content: {
      'application/problem+json': {
        schema: { type: 'object', properties: { title: { type: 'string', description: 'In a few words.' } } },
      },
    },
  })
  const api = describeApi({
    info: { title: 'An API', version: '1' },
    paths: {
      '/a': { post: { responses: { 400: problem('bad'), 409: problem('twice') } } },
      '/b': { post: { responses: { 400: problem('bad'), 404: problem('gone') } } },
    },
  })

  it('that every operation has are told once, and so are the fields of a problem document', () => {
    expect(api.everywhere).toEqual([{ status: '400', description: 'bad' }])
    expect(api.operations.map(({ refusals }) => refusals)).toEqual([
      [{ status: '409', description: 'twice' }],
      [{ status: '404', description: 'gone' }],
    ])
    expect(api.operations.map(({ answers }) => answers)).toEqual([[], []])
    expect(api.problem).toMatchObject([{ name: 'title', description: 'In a few words.' }])
  })
})
