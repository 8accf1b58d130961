import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { type ConsoleWorld, openConsole } from './console-world.ts'

const kilobyte = 1000
const mail = '/outbox/northwind/recovery-0'
const pages = ['/', '/outbox', mail, '/docs', '/nowhere']

let browser: Browser | undefined

beforeAll(async () => {
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
})

/** A fresh profile and a fresh console; what the browser complains about is collected. */
async function visit(
  options: BrowserContextOptions,
  run: (page: Page, console: ConsoleWorld, complaints: string[]) => Promise<void>,
): Promise<void> {
  await using console = await openConsole()
  const context = await (browser ??= await openBrowser()).newContext(options)
  try {
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => void complaints.push(message.text()))
    page.on('pageerror', (error) => void complaints.push(String(error)))
    await run(page, console, complaints)
  } finally {
    await context.close()
  }
}

const comeIn = async (page: Page, { origin, entry }: ConsoleWorld) => {
  await page.goto(origin + entry.path.reveal())
  await page.locator('#landing button').click()
  await page.waitForURL(`${origin}/`)
}

describe('the one-time address in a browser', () => {
  it('waits for a click, leaves the address bar at once, and lets in', async () => {
    await visit({}, async (page, console) => {
      const posts: string[] = []
      page.on('request', (request) => {
        if (request.method() === 'POST') posts.push(request.url())
      })

      await page.goto(console.origin + console.entry.path.reveal())
      await page.goto('about:blank')
      await page.goto(console.origin + console.entry.path.reveal())

      expect(page.url()).toBe(`${console.origin}/enter`)
      expect(await page.locator('#typed').isVisible()).toBe(false)
      expect(posts).toEqual([])
      await page.locator('#landing button').click()
      await page.waitForURL(`${console.origin}/`)
      expect(posts).toEqual([`${console.origin}/enter`])
      const [cookie] = await page.context().cookies()
      expect(cookie).toMatchObject({
        name: '__Host-rekey-console',
        httpOnly: true,
        secure: true,
        sameSite: 'Strict',
      })
    })
  })

  it('works in a tab that shows the page already', async () => {
    await visit({}, async (page, console) => {
      await page.goto(`${console.origin}/outbox`)
      await page.goto(`${console.origin}/enter`)
      await page.evaluate(`void (location.hash = '${console.entry.token.reveal()}')`)
      await page.locator('#landing button').click()
      await page.waitForURL(`${console.origin}/`)
    })
  })

  it('works without JavaScript by pasting it', async () => {
    await visit({ javaScriptEnabled: false }, async (page, console) => {
      await page.goto(console.origin + console.entry.path.reveal())
      await page.getByLabel('One-time address').fill(console.origin + console.entry.path.reveal())
      await page.getByRole('button', { name: 'Open the console' }).click()
      await page.waitForURL(`${console.origin}/`)

      await page.goto(console.origin + mail)
      expect(await page.locator('pre a[href*="/recover#"]').isVisible()).toBe(true)
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.goto(`${console.origin}/outbox`)
      expect(await page.locator('h1').innerText()).toBe('You are not signed in')
    })
  })
})

describe('every page of the console', () => {
  const signedOut = ['/', '/enter', '/docs']
  it.each([
    ['light', { width: 1280, height: 800 }, signedOut, pages],
    ['dark', { width: 390, height: 844 }, ['/enter'], ['/', '/outbox', mail]],
  ] as const)('has nothing that axe objects to, %s', async (colorScheme, viewport, before, after) => {
    await visit({ colorScheme, viewport }, async (page, console) => {
      const found: unknown[] = []
      const examine = async (name: string) => {
        // The HTML part is a mail in a sandbox that lets no script in, not even axe's.
        const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze()
        found.push(...violations.map(({ id, nodes }) => [name, id, nodes.map(({ html }) => html)]))
      }

      for (const path of [...before, console.entry.path.reveal()]) {
        await page.goto('about:blank')
        await page.goto(console.origin + path)
        await examine(`signed out ${path}`)
      }
      await comeIn(page, console)
      for (const path of after) {
        await page.goto(console.origin + path)
        await examine(path)
      }

      expect(found).toEqual([])
    })
  })

  it('fits 320 px and weighs less than 30 kB together with its style sheet', async () => {
    await visit({ viewport: { width: 320, height: 256 } }, async (page, console) => {
      await comeIn(page, console)
      const sheet = await page.locator('link[rel=stylesheet]').getAttribute('href')
      const sheetBytes = (await console.ask(sheet ?? '')).body.length
      expect(sheetBytes).toBeGreaterThan(kilobyte)

      for (const path of [...pages, '/enter']) {
        const answer = await page.goto(console.origin + path)

        expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBe(320)
        // The reference of the API has an entry for each route there is.
        const most = (path === '/docs' ? 40 : 30) * kilobyte - sheetBytes
        expect((await answer?.body())?.length ?? Infinity, path).toBeLessThan(most)
      }
    })
  })

  it('obeys its own content security policy and asks nobody else for anything', async () => {
    await visit({}, async (page, console, complaints) => {
      const asked: string[] = []
      page.on('request', (request) => void asked.push(request.url()))
      await comeIn(page, console)

      for (const path of ['/', '/outbox', mail, '/docs', '/enter']) await page.goto(console.origin + path)

      expect(complaints).toEqual([])
      expect(asked.filter((url) => !url.startsWith(console.origin) && !url.startsWith('data:'))).toEqual([])
    })
  })

  it('shows the HTML part of a mail in its frame, and the link of the text part leads to the portal', async () => {
    await visit({}, async (page, console) => {
      await comeIn(page, console)
      await page.goto(`${console.origin}/outbox`)
      await page.locator(`a[href="${mail}"]`).click()
      await page.waitForURL(console.origin + mail)
      expect(await page.frameLocator('iframe').locator('h1').innerText()).toContain('new password')

      await page.route('https://account.northwind.example/**', async (route) => {
        const { referer } = await route.request().allHeaders()
        expect(referer).toBeUndefined()
        await route.fulfill({ body: 'portal' })
      })
      await page.locator('pre a').first().click()
      await page.waitForURL('https://account.northwind.example/**')

      expect(page.url()).toMatch(/\/recover#[\w-]{43}$/)
    })
  })
})
