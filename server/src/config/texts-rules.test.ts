import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkConfig } from './check.ts'
import { aConfigFolder, type TestFolder } from './config.testing.ts'
import { mistakeText } from './mistakes.ts'

let folder: TestFolder
beforeEach(() => {
  folder = aConfigFolder()
  folder.write('secrets/sms', 'c21zIHRva2Vu\n')
})
afterEach(() => {
  folder[Symbol.dispose]()
})

const twilio =
  '{ name: main, kind: sms-http, from: "+4570123456", vendor: { is: twilio, account: AC1, token: { file: secrets/sms } } }'
const smpp =
  '{ name: spare, kind: smpp, host: smsc.example, port: 3550, systemId: rekey, password: { file: secrets/sms }, from: Northwind }'
const texts = (over: { countries?: string; providers?: string; more?: string } = {}) =>
  `texts:
  ${over.countries ?? 'countries: [DK, DE]'}
  providers: [${over.providers ?? `${twilio}, ${smpp}`}]
  prices: { currency: EUR, text: 0.08 }
${over.more ?? ''}`

const check = (lines: string) =>
  checkConfig(`${folder.text}\n${lines}\n`, folder.file, { env: folder.env, files: 'read' })

function mistakes(lines: string): string[] {
  const checked = check(lines)
  return checked.ok ? [] : checked.mistakes.map((mistake) => mistakeText('rekey.yaml', mistake))
}

describe('texts in the configuration', () => {
  it('need countries, providers and a price, and no more', () => {
    const checked = check(texts())

    expect(mistakes(texts())).toEqual([])
    expect(checked.ok && checked.config.texts).toMatchObject({
      ...{
        countries: ['DK', 'DE'],
        caps: { perNumberDay: 10, spendPerDay: 20 },
        conversion: { percentMin: 20 },
      },
      providers: [{ vendor: { url: 'https://api.twilio.com' } }, { tls: 'implicit', longTexts: 'parts' }],
    })
    expect(JSON.stringify(checked)).not.toContain('c21zIHRva2Vu')
  })

  it.each([
    ['no country is named', texts({ countries: 'countries: []' }), /countries/],
    ['none is written at all', texts({ countries: '# none' }), /countries/],
    ['a country is misspelt', texts({ countries: 'countries: [UK]' }), /no country with telephone numbers/],
    ['a country is no code', texts({ countries: 'countries: [dk]' }), /two capital letters/],
    ['a vendor is unknown', texts({ providers: twilio.replace('twilio', 'twillio') }), /vendor/],
    [
      'a secret is missing',
      texts({ providers: twilio.replace(', token: { file: secrets/sms }', '') }),
      /token/,
    ],
    [
      'a secret is written in it',
      texts({ providers: twilio.replace('{ file: secrets/sms }', 'abc') }),
      /token/,
    ],
    ['a sender is too long', texts({ providers: smpp.replace('Northwind', 'Northwind Limited') }), /eleven/],
    ['two providers share a name', texts({ providers: `${twilio}, ${twilio}` }), /another provider/],
    [
      'caps contradict each other',
      texts({ more: '  caps: { perNumberQuarterHour: 5, perNumberDay: 4 }' }),
      /perNumberDay/,
    ],
    ['a cap is beyond its bound', texts({ more: '  caps: { perNumberDay: 101 }' }), /100/],
    ['an unknown key is there', texts({ more: '  spend: 5' }), /spend/],
  ])('are refused when %s', (_, lines, words) => {
    expect(mistakes(lines).join('\n')).toMatch(words)
  })
})
