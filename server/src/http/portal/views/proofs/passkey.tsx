import type { ReactElement } from 'react'
import { PasskeyForm } from '../passkey.tsx'
import type { AskProps } from './ask.tsx'

/** A passkey that its owner picks. Which there are, only the browser knows. */
export function AskPasskey({ page, words, to, problem, passkey, trying }: AskProps): ReactElement | null {
  if (passkey === null) return null
  const button = words.say(trying === undefined ? 'passkey.use' : 'passkey.try')
  return (
    <>
      <p>{words.say('passkey.lead')}</p>
      <PasskeyForm {...{ page, words, to, problem, button, asks: passkey }}>
        <input type="hidden" name="method" value="passkey" />
        {trying !== undefined && <input type="hidden" name="id" value={trying} />}
      </PasskeyForm>
    </>
  )
}
