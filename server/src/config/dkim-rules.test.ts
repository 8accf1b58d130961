import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCli } from '../cli/index.ts'
import { checkConfig } from './check.ts'
import { aConfigFolder, type TestFolder } from './config.testing.ts'
import { mistakeText } from './mistakes.ts'

const rsa = (modulusLength: number) =>
  generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const good = rsa(2048)

let folder: TestFolder
beforeEach(() => {
  folder = aConfigFolder()
  folder.write('secrets/dkim.pem', good)
})
afterEach(() => {
  folder[Symbol.dispose]()
})

const signing = (domain: string, file = 'secrets/dkim.pem') =>
  `dkim: { domain: ${domain}, selector: rekey, key: { file: ${file} } }`
const withMail = (line: string) => folder.text.replace('mail:\n  from:', () => `mail:\n  ${line}\n  from:`)
const withTenant = (text: string, lines: string) =>
  text.replace('    services:\n', () => `    mail:\n${lines}    services:\n`)

function mistakesIn(text: string): string[] {
  const checked = checkConfig(text, folder.file, { env: folder.env, files: 'read' })
  return checked.ok ? [] : checked.mistakes.map((mistake) => mistakeText('rekey.yaml', mistake))
}

describe('a key that signs mails', () => {
  it('is right when it is RSA, long enough and of the domain of the sender, or of one above it', () => {
    expect(mistakesIn(withMail(signing('northwind.example')))).toEqual([])
    expect(mistakesIn(withMail(signing('example')))).toEqual([])
  })

  it.each([
    ['is short', () => rsa(1024), 'has 1024 bits'],
    [
      'is of a kind that few verifiers know',
      () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'is not an RSA key',
    ],
    ['is no key', () => 'canary-4711\n', 'is not a private key as PEM'],
  ])('that %s is a mistake, and is not shown', (_, key, problem) => {
    folder.write('secrets/bad.pem', key())
    const mistakes = mistakesIn(withMail(signing('northwind.example', 'secrets/bad.pem')))

    expect(mistakes).toEqual([expect.stringContaining(`mail.dkim.key ${problem}`)])
    expect(mistakes.join()).not.toContain('canary')
  })

  it('of another domain than the sender’s is a mistake, for a tenant’s own sender as well', () => {
    const signed = withMail(signing('northwind.example'))
    const own = '      from: { name: Contoso, address: help@contoso.example }\n'

    expect(mistakesIn(withMail(signing('wind.example')))).toEqual([
      expect.stringContaining('mail.dkim.domain is not in the domain that signs'),
    ])
    expect(mistakesIn(withTenant(signed, own))).toEqual([
      expect.stringContaining('tenants[0].mail.from.address is not in the domain that signs'),
    ])
    expect(mistakesIn(withTenant(signed, `${own}      ${signing('contoso.example')}\n`))).toEqual([])
  })

  it('is published as the record that the command prints, in strings of at most 255 characters', async () => {
    folder.write('rekey.yaml', withMail(signing('northwind.example')))
    const out: string[] = []
    const exitCode = await runCli(['mail', 'dkim-record'], {
      env: { ...folder.env, REKEY_CONFIG: folder.file },
      terminal: { out: (text) => out.push(text), err: (text) => out.push(text) },
      service: () => Promise.reject(new Error('needs no service')),
    })
    const [line = ''] = out

    expect(exitCode).toBe(0)
    expect(line).toMatch(
      /^rekey\._domainkey\.northwind\.example\. IN TXT \( "v=DKIM1; k=rsa; p=[\w+/=]+" "[\w+/=]+" \)$/,
    )
    expect(Math.max(...[...line.matchAll(/"([^"]*)"/g)].map(([, text = '']) => text.length))).toBe(255)
    expect(line).not.toContain('PRIVATE')
  })
})

describe('bounces', () => {
  it('come back to a domain that can be part of an address', () => {
    const bounces = (domain: string) =>
      withMail(`bounces: { host: 127.0.0.1, port: 2525, domain: "${domain}" }`)

    expect(mistakesIn(bounces('bounces.northwind.example'))).toEqual([])
    expect(mistakesIn(bounces('north wind'))).toEqual([expect.stringContaining('mail.bounces.domain')])
  })
})
