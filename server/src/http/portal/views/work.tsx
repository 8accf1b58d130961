import type { ReactElement } from 'react'
import type { Words } from '../../../core/messages/translate.ts'
import { Note } from './layout.tsx'
import { sayWait } from './problem.tsx'
import type { AskedOfBrowser, PageContext } from './props.ts'

interface Props {
  words: Words
  asked: AskedOfBrowser | null
}

/** Above a form that was turned back. Those whose browser works need not know how long others wait. */
export const WorkNote = ({ words, asked }: Props): ReactElement | null =>
  asked?.identifier === undefined ? null : (
    <Note look="warn" id="work">
      {words.say('work.needed')}
      <noscript>
        {' '}
        {words.say('work.no-script')} {sayWait(words, asked.wait.seconds)}
      </noscript>
    </Note>
  )

/** What the form brings besides its fields: the work, which the script does when the form is sent, or the wait in its place. */
export const WorkFields = ({ page, words, asked }: Props & { page: PageContext }): ReactElement | null =>
  asked === null ? null : (
    <>
      <input type="hidden" name="wait" value={asked.wait.token} />
      {/* Off, or a browser that restores forms would send the work of the last time. */}
      <input type="hidden" name="work" autoComplete="off" />
      <p className="soft" role="status" data-says={words.say('work.doing')} />
      <script src={page.look.workScript} defer />
    </>
  )
