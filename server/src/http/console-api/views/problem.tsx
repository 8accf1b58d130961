import type { Problem } from '../../problems.ts'
import { type Frame, renderPage, Top } from './layout.tsx'

/** A problem as a page. The way on is always the same: back to the overview. */
export function problemPage(frame: Frame, problem: Problem, requestId: string): string {
  return renderPage({
    frame,
    title: problem.title,
    place: null,
    children: (
      <section className="card">
        <Top title={problem.title} lead={problem.detail} />
        <p>
          <a className="button" href="/">
            To the overview
          </a>
        </p>
        <p className="soft">
          Request <code>{requestId}</code>
        </p>
      </section>
    ),
  })
}
