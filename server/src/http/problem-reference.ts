import { problems } from './problems.ts'

/** The page that `type` of every problem points into: one heading a code. Plain HTML, no script, no style needed. */
export function problemPage(): string {
  const rows = Object.entries(problems).map(
    ([code, { status, title, detail }]) =>
      `<section id="${code}"><h2>${title}</h2><p><code>${code}</code>, status ${status}</p><p>${escapeHtml(detail)}</p></section>`,
  )
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Problems</title></head><body><main><h1>Problems</h1>${rows.join('')}</main></body></html>`
}

/** The same as Markdown, for `docs/`. */
export function problemReference(): string {
  const sections = Object.entries(problems).map(
    ([code, { status, title, detail }]) => `## ${code}\n\n${status}, **${title}.** ${detail}\n`,
  )
  return `<!-- Generated from server/src/http/problems.ts by \`npm run generate\`. -->
# Problems

What the API answers when it refuses or fails, as \`application/problem+json\` (RFC 9457). \`type\` is the address of the
portal's page \`/problems\` with the code behind the \`#\`; codes are never renamed. \`title\` never varies, \`detail\` says
what to do, \`instance\` names the request as the log does.

${sections.join('\n')}`
}

const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
