import type { Receipt, TextEnvelope, TextProvider } from '../../src/core/messages/ports.ts'

/** What becomes of the next text. */
export type TextFate =
  | 'taken'
  /** The number is at fault. */
  | 'never'
  | 'later'
  /** Nobody says whether it was. */
  | 'silent'

export interface ReceivedText {
  to: string
  from: string
  text: string
}

/** Somebody who carries texts, as one vendor or protocol does it. */
export interface TextServer extends AsyncDisposable {
  next: TextFate
  /** What a stranger at the receipts' address would have to know. */
  readonly received: readonly ReceivedText[]
  open(over?: { wrongSecret?: boolean }): TextProvider
  /** Says what became of the text that was taken last, as it does; what Rekey made of it, null when it was nothing. */
  tell(word: 'delivered' | 'undelivered' | 'on-its-way'): Promise<Receipt['status'] | 'refused' | null>
  /** The same from somebody who knows the address and no secret; null where there is none to know. */
  forge(): Promise<Receipt['status'] | 'refused' | null>
}

export const aText = (over: Partial<TextEnvelope> = {}): TextEnvelope => ({
  ...{ id: '01jabcdefgh', channel: 'sms', to: '+4520123456', language: 'en', validSeconds: 600 },
  text: '12345678 is your code.\n@account.northwind.example #12345678',
  receiptUrl: 'https://account.northwind.example/v1/receipts/01jabcdefgh-0123456789abcdef',
  ...over,
})
