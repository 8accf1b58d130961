import { askHelpDesk } from '../../../core/messages/mail.ts'
import { Head, Note, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
import { whySoMuch } from './proof.tsx'
import { type SecondProofProps, startAgainAt } from './props.ts'

/** More is asked for than this person has: only people can help. */
export function secondProofPage({ page, because }: SecondProofProps): string {
  const { words } = voiceOf(page)
  const title = words.say('second-proof.title')
  return renderPage({
    page,
    words,
    title,
    step: 2,
    landing: <RecoveryLanding page={page} words={words} />,
    children: (
      <>
        <Head title={title} lead={whySoMuch(page, words, because)} />
        <Note look="info">{words.say('second-proof.way-on')}</Note>
        <p>{askHelpDesk({ words, tenant: page.tenant })}</p>
        <a className="button quiet" href={startAgainAt(page)}>
          {words.say('page.start-again')}
        </a>
      </>
    ),
  })
}
