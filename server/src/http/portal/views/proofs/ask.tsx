import type { ReactElement, ReactNode } from 'react'
import type { Words } from '../../../../core/messages/translate.ts'
import type { Method, RequestOptions } from '../../../../core/proofs/index.ts'
import type { FieldProblem } from '../fields.tsx'
import { PostForm } from '../layout.tsx'
import type { PageContext } from '../props.ts'

/** What the part of a page knows that asks for one method. */
export interface AskProps {
  page: PageContext
  words: Words
  /** Where the answer goes. */
  to: string
  problem: FieldProblem | null
  /** When link and code of the newest mail stop working; null where no mail is asked for. */
  validUntil: Date | null
  /** Id of what its owner tries out here; nothing is proven by it. */
  trying?: string
  /** What a browser is asked; null where no passkey is asked for. */
  passkey: RequestOptions | null
}

/** The form of a method: what is typed, or the button that begins what is not. */
export const AnswerForm = (props: AskProps & { method: Method; children: ReactNode }): ReactElement => (
  <PostForm page={props.page} to={props.to}>
    <input type="hidden" name="method" value={props.method} />
    {props.trying !== undefined && <input type="hidden" name="id" value={props.trying} />}
    {props.children}
    <button className={props.trying === undefined ? undefined : 'quiet'}>
      {props.words.say(props.trying === undefined ? 'page.continue' : 'method.try')}
    </button>
  </PostForm>
)
