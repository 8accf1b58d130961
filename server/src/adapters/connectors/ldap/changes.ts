import { BerWriter, Control, type Filter } from 'ldapts'

/**
 * RFC 4528: the server checks the filter in the same step as it writes. Accounts are known by key, operations by name,
 * and between look-up and write another entry may have got the name.
 */
export class AssertionControl extends Control {
  readonly #filter: Filter

  constructor(filter: Filter) {
    super('1.3.6.1.1.12', { critical: true })
    this.#filter = filter
  }

  protected override writeControl(writer: BerWriter): void {
    const inner = new BerWriter()
    this.#filter.write(inner)
    writer.writeBuffer(inner.buffer, 0x04)
  }
}

/**
 * draft-zeilenga-ldap-relax: lets an administrator change what is otherwise the server's own to change, in OpenLDAP
 * for attributes that the account has "manage" rights to.
 */
export const relaxRules = () => new Control('1.3.6.1.4.1.4203.666.5.12', { critical: true })
