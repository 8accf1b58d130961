import type { LocalAccount, LocalAccounts } from './adapters/connectors/local/index.ts'
import { Secret } from './kernel/secret.ts'

/** What everybody in the demo starts with. It is printed, and it opens nothing but the demo. */
export const demoPassword = 'violet tundra kettle 1'

const at = 'example.test'

/** One person of each kind that recovery treats differently. Most have a recovery mailbox apart from their work mail. */
const people: readonly LocalAccount[] = [
  person('ada', 'Ada Lovelace', { recoveryAddresses: [`ada@${at}`] }),
  person('grace', 'Grace Hopper', { locale: 'de' }),
  person('alan', 'Alan Turing', { secondFactor: true }),
  person('edsger', 'Edsger Dijkstra', { disabled: true }),
  person('barbara', 'Barbara Liskov', { locked: true }),
  person('linus', 'Linus Pauling', { federated: true }),
  person('root', 'Margaret Hamilton', { privileged: true }),
  person('søren', 'Søren Kierkegård', { recoveryAddresses: [`søren.privat@${at}`] }),
  person('marie', 'Marie Curie', {
    recoveryAddresses: [`curie.family@${at}`],
    mails: [`curie.family@${at}`],
  }),
  person('pierre', 'Pierre Curie', {
    recoveryAddresses: [`curie.family@${at}`],
    mails: [`curie.family@${at}`],
  }),
  person('emmy', 'Emmy Noether', { recoveryAddresses: [] }),
  person('katherine', 'Katherine Johnson', {
    recoveryAddresses: [`katherine.home@${at}`, `katherine.partner@${at}`],
  }),
]

function person(username: string, displayName: string, more: Partial<LocalAccount> = {}): LocalAccount {
  return {
    username,
    displayName,
    mails: [`${username}@${at}`],
    upn: `${username}@northwind.example`,
    recoveryAddresses: [`${username}.home@${at}`],
    contextWords: ['northwind'],
    ...more,
  }
}

/** Puts the people of the demo into its embedded directory. A second start changes nothing that happened since. */
export async function seedDemo(accounts: LocalAccounts): Promise<void> {
  const present = new Set((await accounts.list()).map(({ username }) => username))
  const missing = people.filter(({ username }) => !present.has(username))
  // One after the other: a dozen at once would open as many connections, each of them a process.
  for (const account of missing) await accounts.upsert({ ...account, password: new Secret(demoPassword) })
}
