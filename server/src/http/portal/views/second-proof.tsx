import { askHelpDesk, reason } from '../../../core/messages/mail.ts'
import { Head, Note, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
import { type SecondProofProps, startAgainAt } from './props.ts'

/** Proven by mail, and policy asks for more than Rekey can take from this person today. */
export function secondProofPage({ page, because }: SecondProofProps): string {
  const { words } = voiceOf(page)
  const title = words.say('second-proof.title')
  const material = { words, tenant: page.tenant }
  return renderPage({
    page,
    words,
    title,
    step: 2,
    landing: <RecoveryLanding page={page} words={words} />,
    children: (
      <>
        <Head title={title} lead={reason(material, because)} />
        <Note look="info">{words.say('second-proof.way-on')}</Note>
        <p>{askHelpDesk(material)}</p>
        <a className="button quiet" href={startAgainAt(page)}>
          {words.say('page.start-again')}
        </a>
      </>
    ),
  })
}
