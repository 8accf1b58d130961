import type { DirectoryPasswordRules } from '../../../core/accounts/ports.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { isResultCodeError } from '../ldap-wire/result-codes.ts'
import type { Session } from '../ldap-wire/servers.ts'
import { type Values, valuesOf } from '../ldap-wire/values.ts'
import { fileTime, secondsOf } from './octets.ts'

/** A policy seldom changes, and everybody's entry leads to the same few. */
const freshMilliseconds = 60_000
const policiesMax = 1_000

/** MS-SAMR, section 2.2.3.1: DOMAIN_PASSWORD_COMPLEX. */
const complexBit = 1
/** MS-SAMR, section 3.1.1.7.2: of small and capital letters, digits, other letters, and all else. */
const classesOfComplex = 3

const ofDomain = ['minPwdLength', 'pwdHistoryLength', 'pwdProperties', 'minPwdAge', 'maxPwdAge']
const ofPso = [
  ...['msDS-MinimumPasswordLength', 'msDS-PasswordHistoryLength', 'msDS-PasswordComplexityEnabled'],
  ...['msDS-MinimumPasswordAge', 'msDS-MaximumPasswordAge'],
]

/**
 * The rules that hold for an entry: those of the fine-grained policy that the server says results for it
 * (MS-ADTS, section 3.1.1.4.5.36), else those of the domain. Null when they can't be read: a policy of the domain that
 * does not hold for somebody must not be shown to them.
 */
export function makeRules(domainDn: string, { now }: Pick<Outside, 'now'>) {
  const known = new Map<string, { rules: DirectoryPasswordRules | null; until: number }>()

  const read = async (dn: string, session: Session): Promise<DirectoryPasswordRules | null> => {
    const isDomain = dn === domainDn
    const values = await valuesAt(dn, isDomain ? ofDomain : ofPso, session)
    if (values === null) return null
    return isDomain ? rulesOfDomain(values) : rulesOfPso(values)
  }

  return async (values: Values, session: Session): Promise<DirectoryPasswordRules | null> => {
    const dn = values('msDS-ResultantPSO')[0] ?? domainDn
    const kept = known.get(dn)
    if (kept !== undefined && now().getTime() < kept.until) return kept.rules
    const rules = await read(dn, session)
    if (known.size >= policiesMax) known.clear()
    known.set(dn, { rules, until: now().getTime() + freshMilliseconds })
    return rules
  }
}

async function valuesAt(dn: string, attributes: string[], session: Session): Promise<Values | null> {
  try {
    const { searchEntries } = await session.connection.ask(session.readSignal, (client) =>
      client.search(dn, { scope: 'base', attributes, sizeLimit: 1 }),
    )
    const values = searchEntries[0] === undefined ? null : valuesOf(searchEntries[0])
    return values !== null && attributes.some((name) => values(name).length > 0) ? values : null
  } catch (error) {
    // It may not be readable, or not be there: then nobody tells. What the server demands is not changed by that.
    if (isResultCodeError(error)) return null
    throw error
  }
}

const rulesOfDomain = (values: Values): DirectoryPasswordRules => ({
  lengthMin: positive(values('minPwdLength')[0]),
  history: positive(values('pwdHistoryLength')[0]),
  minAgeSeconds: secondsOf(fileTime(values('minPwdAge')[0])),
  maxAgeSeconds: secondsOf(fileTime(values('maxPwdAge')[0])),
  graceSignIns: null,
  classesMin: (Number(values('pwdProperties')[0] ?? '0') & complexBit) === 0 ? null : classesOfComplex,
})

const rulesOfPso = (values: Values): DirectoryPasswordRules => ({
  lengthMin: positive(values('msDS-MinimumPasswordLength')[0]),
  history: positive(values('msDS-PasswordHistoryLength')[0]),
  minAgeSeconds: secondsOf(fileTime(values('msDS-MinimumPasswordAge')[0])),
  maxAgeSeconds: secondsOf(fileTime(values('msDS-MaximumPasswordAge')[0])),
  graceSignIns: null,
  classesMin: values('msDS-PasswordComplexityEnabled')[0] === 'TRUE' ? classesOfComplex : null,
})

/** Null also for 0, which is how it says "no such rule". */
function positive(text: string | undefined): number | null {
  const number = text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0
  return number === 0 ? null : number
}
