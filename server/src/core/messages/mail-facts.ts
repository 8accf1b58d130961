import { namelessProgram } from './device.ts'
import type { MailBlock } from './mail-document.ts'
import { plainName } from './plain.ts'
import type { MessageFacts, MessageSecrets, Place, TenantVoice } from './ports.ts'
import type { Words } from './translate.ts'

/** Everything one kind of mail is made from. */
export interface Material {
  words: Words
  tenant: TenantVoice
  facts: MessageFacts
  secrets: MessageSecrets
}

/** When, whose account, and from where. */
export function whatHappened({ words, tenant, facts }: Material): MailBlock[] {
  return [
    {
      kind: 'rows',
      rows: [
        { label: words.say('mail.when'), value: words.moment(new Date(facts.at), tenant.timeZone) },
        { label: words.say('mail.account'), value: plainName(facts.username) },
        // Where somebody who helps sits tells the reader nothing.
        ...(facts.byHelp === true
          ? []
          : [
              { label: words.say('mail.device'), value: deviceName(words, facts.device) },
              { label: words.say('mail.place'), value: placeName(words, facts.place) },
            ]),
      ],
    },
  ]
}

const placeName = (words: Words, place: Place | null): string =>
  (place === null ? null : words.place(place)) ?? words.say('mail.unknown-place')

/**
 * Device labels come as "Firefox on Windows" from a closed list. The names are the same in every language, but for
 * programs that do not say theirs.
 */
function deviceName(words: Words, device: string | null): string {
  if (device === null) return words.say('mail.unknown-device')
  const [browser, system] = plainName(device).split(' on ', 2)
  return browser === undefined || system === undefined
    ? plainName(device)
    : words.say('device.named', {
        browser: browser === namelessProgram ? words.say('device.desktop-app') : browser,
        system,
      })
}

/** Nobody stood at a device for it. */
export const account = ({ words, tenant, facts }: Material): MailBlock[] => [
  {
    kind: 'rows',
    rows: [
      { label: words.say('mail.when'), value: words.moment(new Date(facts.at), tenant.timeZone) },
      { label: words.say('mail.account'), value: plainName(facts.username) },
    ],
  },
]
