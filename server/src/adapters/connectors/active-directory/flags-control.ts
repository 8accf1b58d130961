import { BerWriter, Control } from 'ldapts'

/** A control whose value is one number: SEQUENCE { Flags INTEGER }. Critical: it must not be passed over. */
export class FlagsControl extends Control {
  readonly #flags: number

  constructor(oid: string, flags: number) {
    super(oid, { critical: true })
    this.#flags = flags
  }

  protected override writeControl(writer: BerWriter): void {
    const inner = new BerWriter()
    inner.startSequence()
    inner.writeInt(this.#flags)
    inner.endSequence()
    writer.writeBuffer(inner.buffer, 0x04)
  }
}
