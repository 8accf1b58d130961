import { expect, it } from 'vitest'
import { problemPage, problemReference } from './problem-reference.ts'
import { problems } from './problems.ts'

it('every type of a problem points at a heading of its own, with what to do under it', () => {
  const page = problemPage()
  const markdown = problemReference()

  for (const [code, { status, title }] of Object.entries(problems)) {
    expect(page.split(`<section id="${code}"><h2>${title}</h2>`)).toHaveLength(2)
    expect(markdown.split(`\n## ${code}\n\n${status}, **${title}.** `)).toHaveLength(2)
  }
})
