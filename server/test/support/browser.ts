import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Root may not use the sandbox, and test machines are often root; the rest keeps the browser from calling home. */
const switches = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The Chromium of the system. */
export function openBrowser(): Promise<Browser> {
  const executablePath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable)
  if (executablePath === undefined) throw new Error('No Chromium found: apt-get install chromium')
  return chromium.launch({ executablePath, args: switches })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export const phone = { width: 390, height: 844 }
export const desktop = { width: 1280, height: 800 }

/** What a browser received as one page: the document and the style sheets it asked for. */
export interface Received {
  url: string
  status: number
  bytes: number
}

/** A browser with a profile of its own and one page, and everything about it that should not have happened. */
export interface Visitor extends AsyncDisposable {
  page: Page
  context: BrowserContext
  /** Console errors and warnings, script errors and policy violations. */
  complaints: string[]
  /** Requests to anything but `origin`. */
  elsewhere: string[]
  documents: Received[]
  styles: Received[]
}

/** Chromium reports every answer from 400 on as an error, and a refused form is meant to be one. */
const refusedForm = /^Failed to load resource: the server responded with a status of 4\d\d/

export async function aVisitor(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({ viewport: desktop, locale: 'en-GB', ...options })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const visitor: Visitor = {
    page,
    context,
    complaints: [],
    elsewhere: [],
    documents: [],
    styles: [],
    [Symbol.asyncDispose]: () => context.close(),
  }
  context.on('console', (message) => {
    const isComplaint = message.type() === 'error' || message.type() === 'warning'
    if (isComplaint && !refusedForm.test(message.text())) visitor.complaints.push(message.text())
  })
  context.on('weberror', (error) => visitor.complaints.push(error.error().message))
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) visitor.elsewhere.push(request.url())
  })
  context.on('requestfinished', async (request) => {
    const kind = request.resourceType()
    if (kind !== 'document' && kind !== 'stylesheet') return
    const response = await request.response().catch(() => null)
    if (response === null) return
    // The body of a redirect can't be read, and there is none to weigh.
    const body = await response.body().catch(() => null)
    if (body === null) return
    const received = { url: request.url(), status: response.status(), bytes: body.length }
    visitor[kind === 'document' ? 'documents' : 'styles'].push(received)
  })
  return visitor
}
