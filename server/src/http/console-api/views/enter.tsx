import type { ReactElement } from 'react'
import { type Frame, renderPage, Top } from './layout.tsx'

/** Why the page is shown: somebody came for it, has no session (any more), or brought a token that is not valid. */
export type EnterBecause = 'asked' | 'no-session' | 'refused'

const titles = {
  asked: 'Open the console',
  'no-session': 'You are not signed in',
  refused: 'This address has been used or is too old',
} satisfies Record<EnterBecause, string>

/**
 * The way in. A script moves the token from the address into the first form; without one, the second form takes
 * what a person copies. Nothing is spent before a form is sent.
 */
export function enterPage(frame: Frame, because: EnterBecause): string {
  return renderPage({
    frame,
    title: titles[because],
    place: null,
    children: (
      <section className="card">
        <Top
          title={titles[because]}
          lead={because === 'asked' ? undefined : <WhereItIs because={because} />}
        />
        <form id="landing" method="post" action="/enter" hidden>
          <p>This address works once. Open the console in this browser?</p>
          {/* Off, or a browser that restores forms would put an old token back. */}
          <input type="hidden" name="token" autoComplete="off" />
          <button className="go">Open the console</button>
        </form>
        <form id="typed" method="post" action="/enter">
          <div>
            <label htmlFor="token">One-time address, or what follows # in it</label>
            <input
              id="token"
              name="token"
              required
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              aria-describedby="where"
            />
            <p className="soft" id="where">
              Rekey printed it in the terminal when it started: …/enter#…
            </p>
          </div>
          <button className="go">Open the console</button>
        </form>
      </section>
    ),
  })
}

function WhereItIs({ because }: { because: EnterBecause }): ReactElement {
  return (
    <>
      {because === 'refused'
        ? 'Copy the newest one whole. '
        : 'Open the one-time address that Rekey printed in the terminal when it started. '}
      It works once, within 8 hours; you stay signed in for as long, unless you do nothing for 15 minutes. To
      get another one, start Rekey again: nothing that is stored is lost.
    </>
  )
}
