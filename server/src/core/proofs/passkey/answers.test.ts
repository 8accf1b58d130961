import { describe, expect, it } from 'vitest'
import { aPasskey } from '../../../../test/support/passkey.ts'
import { readAssertionAnswer, readCreationAnswer } from './answers.ts'

const ceremony = { challenge: 'Y2g', origin: 'https://id.example.org', rpId: 'id.example.org' }
const bytes = (count: number) => Buffer.alloc(count).toString('base64url')

describe('the answer of a browser', () => {
  const created = aPasskey().create(ceremony)
  const used = aPasskey().use(ceremony)

  it('is read as it comes, with whatever else it says', () => {
    const more = { authenticatorAttachment: 'platform', clientExtensionResults: { credProps: { rk: true } } }

    expect(readCreationAnswer({ ...created, ...more })).toMatchObject(created)
    expect(readAssertionAnswer({ ...used, ...more })).toMatchObject(used)
    expect(readCreationAnswer(used)).toBeNull()
    expect(readAssertionAnswer(created)).toBeNull()
  })

  it('with two ids is none', () => {
    expect(readCreationAnswer({ ...created, rawId: 'AAAA' })).toBeNull()
    expect(readAssertionAnswer({ ...used, rawId: 'AAAA' })).toBeNull()
  })

  it.each([
    ['id', 1_023, readAssertionAnswer, (id: string) => ({ ...used, id, rawId: id })],
    ['id', 1_023, readCreationAnswer, (id: string) => ({ ...created, id, rawId: id })],
    ['client data', 2_048, readAssertionAnswer, (clientDataJSON: string) => within(used, { clientDataJSON })],
    [
      'client data',
      2_048,
      readCreationAnswer,
      (clientDataJSON: string) => within(created, { clientDataJSON }),
    ],
    ['data', 2_048, readAssertionAnswer, (authenticatorData: string) => within(used, { authenticatorData })],
    ['signature', 1_024, readAssertionAnswer, (signature: string) => within(used, { signature })],
    ['account', 64, readAssertionAnswer, (userHandle: string) => within(used, { userHandle })],
    ['object', 8_192, readCreationAnswer, (object: string) => within(created, { attestationObject: object })],
  ])('has an end: %s, %i bytes', (_, max, read, made) => {
    expect(read(made(bytes(max)))).not.toBeNull()
    expect(read(made(bytes(max + 1)))).toBeNull()
    expect(read(made(''))).toBeNull()
    expect(read(made(`${bytes(3)}==`))).toBeNull()
  })

  it('has few and short hints of how an authenticator is reached', () => {
    const transports = (all: readonly string[]) => readCreationAnswer(within(created, { transports: all }))

    expect(transports(['usb', 'smart-card'])).not.toBeNull()
    expect(transports(Array<string>(9).fill('usb'))).toBeNull()
    expect(transports(['a'.repeat(33)])).toBeNull()
    expect(transports(['"><script>'])).toBeNull()
  })
})

const within = <Answer extends { response: object }>(answer: Answer, change: object) => ({
  ...answer,
  response: { ...answer.response, ...change },
})
