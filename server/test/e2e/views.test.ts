import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeAltchaWork } from '../../src/adapters/work/altcha.ts'
import { languages } from '../../src/core/messages/index.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { openBrowser } from '../support/browser.ts'
import { gateKeys } from '../support/gate-world.ts'
import { openViewServer, type ViewServer } from '../support/view-server.ts'

const phone = { width: 390, height: 844 }
const desktop = { width: 1280, height: 800 }
/** The long tier asks axe about every language, and takes pictures of all. */
const prove = process.env['REKEY_PROVE'] === '1'
const narrow = { width: 320, height: 256 }
const kilobyte = 1000
const token = 'wRq8f2mV0cYxT7hL5nKpZbD3sJg9aEu1QiXo4FtHyMw'

const mailKinds =
  /\/(recovery|recovery-explained-federated|password-changed|password-unexplained|password-accepted|password-not-set|disavowed|unlock|account-unlocked|invitation|account-activated)$/

let browser: Browser
let server: ViewServer

beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), openViewServer()])
})

afterAll(async () => {
  await Promise.all([browser.close(), server.close()])
})

/** A fresh profile with one page, closed afterwards. */
async function withPage(options: BrowserContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext(options)
  try {
    await use(await context.newPage())
  } finally {
    await context.close()
  }
}

const portalPaths = () => server.paths.filter((path) => !path.startsWith('/mail/'))
const mailPaths = () => server.paths.filter((path) => path.startsWith('/mail/'))

/** One of each kind: for what costs seconds and does not differ between variants. */
const kinds =
  /\/(start|start-work|start-identifier-missing|prove|prove-wrong-code|prove-no-tries|prove-sent-again|password|password-too-short|password-locked|unlock|done-was-not-locked|activate-wrong-code|working|accepted|partly-another|done|second-proof-disavowed|ended-outcome-unknown|disavow|disavow-wrong-code|disavowed-late|proof-second|sign-in-proof-wrong-code|methods|methods-none|set-up-wrong-code|codes|method-recovery_code|remove-totp|problem-directory-unreachable|problem-too-many-requests)$/

describe('every page of the portal', () => {
  it('weighs less than 30 kB together with its style sheets', () => {
    const sheet = server.assets.get(server.stylesheet)?.body.length ?? 0
    const themes = [...server.assets].filter(([path]) => path.startsWith('/assets/theme-'))
    const theme = Math.max(...themes.map(([, { body }]) => body.length))

    const heavy = portalPaths().filter(
      (path) => Buffer.byteLength(server.html(path)) + sheet + theme >= 30 * kilobyte,
    )

    expect(sheet).toBeGreaterThan(kilobyte)
    expect(heavy).toEqual([])
  })

  it('comes with a script of less than 10 kB', () => {
    const size = server.assets.get(server.script)?.body.length ?? 0

    expect(size).toBeGreaterThan(kilobyte)
    expect(size).toBeLessThan(10 * kilobyte)
  })

  it('solves the task that it was given, once, and sends it with the form', async () => {
    const work = makeAltchaWork({ randomBytes: systemOutside.randomBytes, keys: gateKeys, tries: 60 })
    const of = {
      tenant: 'northwind',
      purpose: 'start',
      factor: 1,
      expiresAt: new Date(1_800_000_000_000),
    } as const
    await withPage({ viewport: phone }, async (page) => {
      await page.route('**/work', async (route) =>
        route.fulfill({ json: { challenge: await work.issue(of) } }),
      )
      await page.goto(`${server.origin}/en/start-work`)
      const before = server.posted.length
      const button = page.getByRole('button', { name: 'Continue' }).last()
      await button.click()
      await button.click({ force: true })
      await expect.poll(() => server.posted.length).toBe(before + 1)

      const [sent] = server.posted.slice(before)
      expect(await work.read(sent?.fields['work'] ?? '')).toMatchObject(of)
      expect(await page.locator('[data-says]').innerText()).toContain('a little work first')
    })
  })

  it('waits where there is no script, and where the work can’t be done', async () => {
    await withPage({ viewport: phone, javaScriptEnabled: false }, async (page) => {
      await page.goto(`${server.origin}/en/start-work`)
      expect(await page.locator('#work').innerText()).toContain('Try again in 10 seconds')
    })
    await withPage({ viewport: phone }, async (page) => {
      await page.goto(`${server.origin}/en/sign-in-work`)
      expect(await page.locator('#work').innerText()).not.toContain('Try again')
      const before = server.posted.length
      await page.locator('#password').fill('something')
      await page.getByRole('button', { name: 'Sign in' }).first().click()
      await expect.poll(() => server.posted.at(-1)?.path).toBe('/sign-in')

      // The first was the question for a task, which nobody answered.
      expect(server.posted.slice(before).map(({ path }) => path)).toEqual(['/work', '/sign-in'])
      expect(server.posted.at(-1)?.fields).toMatchObject({ work: '' })
      expect(server.posted.at(-1)?.fields['wait']).toMatch(/^k1\./)
    })
  })

  it.each([
    ['light', phone, prove ? /./ : /^\/en\//],
    ['dark', desktop, prove ? /./ : /^\/(ar\/(start|prove|password|done|disavow)$|themed\/)/],
  ] as const)('has nothing that axe objects to, %s', async (colorScheme, viewport, some) => {
    await withPage({ colorScheme, viewport }, async (page) => {
      const looked = portalPaths().filter((path) => kinds.test(path) || path.startsWith('/themed/'))
      const paths = looked.filter((path) => some.test(path))
      // The page that waits for a write looks again after two seconds; axe may need longer.
      await page.route('**/recover', (route) => route.abort())
      const found: unknown[] = []
      for (const path of paths) {
        await page.goto(server.origin + path)
        found.push(...(await objectionsOf(page, path)))
      }

      expect(found).toEqual([])
    })
  })

  it('has nothing that axe objects to on the card of a mailed link', async () => {
    await withPage({ viewport: phone }, async (page) => {
      for (const path of ['/en/start', '/ar/disavow']) {
        await page.goto(`${server.origin}${path}#${token}`)

        expect(await objectionsOf(page, path)).toEqual([])
      }
    })
  })

  it('fits 320 px without scrolling sideways, which is 1280 px at 400 % zoom, in every language', async () => {
    await withPage({ viewport: narrow, bypassCSP: true }, async (page) => {
      const found: string[] = []
      for (const language of Object.keys(languages)) {
        const paths = portalPaths().filter((path) => path.startsWith(`/${language}/`))
        await page.goto(server.origin + (paths[0] ?? ''))
        for (const path of paths) found.push(...(await tightSpots(page, path, server.html(path))))

        expect(paths.length).toBeGreaterThan(50)
      }

      expect(found).toEqual([])
    })
  })

  it('would not pass with a text that is too long for its button, its box or its page', async () => {
    await withPage({ viewport: narrow, bypassCSP: true }, async (page) => {
      await page.goto(`${server.origin}/fr/prove`)
      const html = server.html('/fr/prove')
      const long = 'Nouveau mot de passe pour votre compte '.repeat(3)
      const planted = (from: RegExp, to: string) => tightSpots(page, 'planted', html.replace(from, to))

      expect(await planted(/^/, '')).toEqual([])
      expect(await planted(/<button>/, `<button>${long}`)).toEqual([
        expect.stringMatching(/\d lines in a button/),
      ])
      expect(await planted(/<h1/, `<table><td>${'<td><input>'.repeat(30)}</table><h1`)).toContainEqual(
        expect.stringContaining('320 px hold'),
      )
      expect(
        await planted(
          /<label/,
          `<b class="now" hidden>${long}</b><textarea>${'x'.repeat(400)}</textarea><label`,
        ),
      ).toContainEqual(expect.stringContaining('cut off: TEXTAREA'))
    })
  })

  it('has a thin bar of steps, and lists whose lines stand close together', async () => {
    await withPage({ viewport: phone }, async (page) => {
      const heights = async (path: string, selector: string) => {
        await page.goto(server.origin + path)
        const boxes = await Promise.all(
          (await page.locator(`.card:not([hidden]) ${selector}`).all()).map((each) => each.boundingBox()),
        )
        return boxes.map((box) => box?.height ?? 0)
      }

      expect(new Set(await heights('/en/start', '.steps li'))).toEqual(new Set([4]))
      // One line of text and no more around it.
      expect(Math.min(...(await heights('/en/change', '.rules li')))).toBeLessThan(30)
      expect(Math.max(...(await heights('/en/change', '.head p')))).toBeLessThan(30)
    })
  })

  it('has targets of 48 px', async () => {
    await withPage({ viewport: phone }, async (page) => {
      const small: string[] = []
      const some = prove ? /^\/(de|ar)\// : /^\/de\//
      for (const path of portalPaths().filter((each) => kinds.test(each) && some.test(each))) {
        await page.goto(server.origin + path)
        for (const target of await page.locator('a, button, input:not([type=hidden])').all()) {
          const box = await target.boundingBox()
          if (box !== null && box.height > 0 && box.height < 48)
            small.push(`${path}: ${await target.innerText()}`)
        }
      }

      expect(small).toEqual([])
    })
  })

  it('obeys its own content security policy and asks nobody else for anything', async () => {
    await withPage({ viewport: phone }, async (page) => {
      const complaints: string[] = []
      const elsewhere: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('request', (request) => {
        if (new URL(request.url()).origin !== server.origin) elsewhere.push(request.url())
      })
      // The refresh of the working page would leave the test's pages; `working` has a test of its own.
      const paths = portalPaths().filter((path) => !path.endsWith('/working'))
      for (const path of paths.filter(
        (each) =>
          (/^\/(en|themed)\//.test(each) && (prove || kinds.test(each))) || /\/(password|start)$/.test(each),
      )) {
        await page.goto(server.origin + path)
      }

      expect(complaints).toEqual([])
      expect(elsewhere).toEqual([])
    })
  })

  it('puts the focus into the field that needs an answer, with the reason as its description', async () => {
    for (const javaScriptEnabled of [true, false]) {
      await withPage({ viewport: phone, javaScriptEnabled }, async (page) => {
        for (const path of [
          '/en/start-identifier-missing',
          '/en/prove-wrong-code',
          '/de/disavow-wrong-code',
        ]) {
          await page.goto(server.origin + path)
          const field = page.locator('[aria-invalid=true]')

          await expect
            .poll(() => page.evaluate('document.activeElement?.getAttribute("aria-invalid")'))
            .toBe('true')
          expect(await field.getAttribute('aria-describedby')).toBe('problem')
          expect(await page.locator('#problem').innerText()).not.toBe('')
        }
      })
    }
  })
})

/**
 * Where a page has too little room at this width: sideways scrolling, texts cut off, buttons of more than two lines.
 * The page is put into the one that is open, as it is once the script has run: loading hundreds of pages takes
 * minutes. That needs a browser without the content security policy, which forbids exactly that.
 */
async function tightSpots(page: Page, path: string, html: string): Promise<string[]> {
  const found = await page.evaluate(`{
    const shown = new DOMParser().parseFromString(${JSON.stringify(html)}, 'text/html')
    document.body.replaceWith(document.adoptNode(shown.body))
    for (const hidden of document.querySelectorAll('[data-reveals], #landing')) hidden.hidden = false
    const root = document.documentElement
    const spots = root.scrollWidth > root.clientWidth ? [root.clientWidth + ' px hold ' + root.scrollWidth] : []
    for (const element of document.querySelectorAll('body *')) {
      const { overflowX, clipPath } = getComputedStyle(element)
      const isCut =
        overflowX !== 'visible' &&
        (element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight)
      // What is only for screen readers is cut off on purpose.
      if (isCut && clipPath === 'none' && element.tagName !== 'INPUT') spots.push('cut off: ' + element.tagName)
    }
    for (const button of document.querySelectorAll('button, .button')) {
      const range = document.createRange()
      range.selectNodeContents(button)
      const lines = new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom / 8)))
      if (lines.size > 2) spots.push(lines.size + ' lines in a button: ' + button.textContent)
    }
    spots
  }`)
  return (found as string[]).map((spot) => `${path}: ${spot}`)
}

/** Rule and element of everything axe finds, WCAG 2.2 AA and its best practices. */
async function objectionsOf(page: Page, path: string): Promise<unknown[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, nodes }) => ({ path, id, html: nodes.map((node) => node.html) }))
}

describe('a mailed link', () => {
  it('leaves the address bar and the history at once, and waits for a click', async () => {
    await withPage({ viewport: phone }, async (page) => {
      server.posted.length = 0

      await page.goto(`${server.origin}/en/start#${token}`)
      await page.waitForLoadState('networkidle')

      expect(page.url()).toBe(`${server.origin}/en/start`)
      expect(await page.evaluate('history.length')).toBe(2)
      expect(await page.locator('#landing').isVisible()).toBe(true)
      expect(await page.locator('#identifier').isVisible()).toBe(false)
      expect(server.posted).toEqual([])

      await page.locator('#landing button').click()

      await expect
        .poll(() => server.posted)
        .toEqual([{ path: '/recover/link', fields: { csrf: 'csrf-value', token } }])
    })
  })

  it('is taken by a page that was already open', async () => {
    await withPage({ viewport: phone }, async (page) => {
      await page.goto(`${server.origin}/en/prove`)

      await page.evaluate(`location.hash = '${token}'`)

      await expect.poll(() => page.locator('#landing').isVisible()).toBe(true)
      expect(page.url()).not.toContain(token)
    })
  })

  it('of a disavowal goes to the disavowal', async () => {
    await withPage({ viewport: phone }, async (page) => {
      server.posted.length = 0

      await page.goto(`${server.origin}/de/disavow#${token}`)
      await page.locator('#landing button').click()

      await expect
        .poll(() => server.posted)
        .toEqual([{ path: '/disavow', fields: { csrf: 'csrf-value', token } }])
    })
  })

  it('without JavaScript shows the page with the code and says why', async () => {
    await withPage({ viewport: phone, javaScriptEnabled: false }, async (page) => {
      await page.goto(`${server.origin}/en/prove#${token}`)

      expect(await page.locator('#landing').isVisible()).toBe(false)
      expect(await page.locator('#code').isVisible()).toBe(true)
      expect(await page.locator('noscript').innerText()).toContain('Use the code.')
    })
  })

  it('is not taken for one when the fragment is something else', async () => {
    await withPage({ viewport: phone }, async (page) => {
      await page.goto(`${server.origin}/en/start#<img src=x onerror=alert(1)>`)

      expect(await page.locator('#landing').isVisible()).toBe(false)
      expect(await page.locator('#identifier').isVisible()).toBe(true)
    })
  })
})

describe('the script', () => {
  it('groups a code while it is typed and takes a pasted one apart', async () => {
    await withPage({ viewport: phone }, async (page) => {
      await page.goto(`${server.origin}/en/prove`)
      const field = page.locator('#code')

      await field.pressSequentially('48217093')
      expect(await field.inputValue()).toBe('4821 7093')

      await field.fill('')
      await page.evaluate(`{
        const clipboardData = new DataTransfer()
        clipboardData.setData('text', 'Code: 4821-7093')
        const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
        document.querySelector('#code').dispatchEvent(paste)
      }`)
      expect(await field.inputValue()).toBe('4821 7093')
    })
  })

  it('sends a form once, however often it is pressed', async () => {
    await withPage({ viewport: phone }, async (page) => {
      server.posted.length = 0
      await page.goto(`${server.origin}/en/prove`)

      await page.locator('#code').fill('4821 7093')
      const press = () => page.evaluate(`document.querySelector('#code').form.requestSubmit()`)
      await press()
      // The server has it and has not answered yet: the moment in which people press again.
      await expect.poll(() => server.posted.length).toBe(1)
      await press()
      await page.waitForLoadState('networkidle')
      await page.request.get(`${server.origin}/en/start`)

      expect(server.posted).toEqual([
        { path: '/recover/code', fields: { csrf: 'csrf-value', code: '4821 7093' } },
      ])
    })
  })

  it('shows a password on request and hides it again before it is sent', async () => {
    await withPage({ viewport: phone }, async (page) => {
      server.posted.length = 0
      await page.goto(`${server.origin}/en/password`)
      const field = page.locator('#password')
      const reveal = page.locator('button[data-reveals]')

      expect(await field.getAttribute('type')).toBe('password')
      await reveal.click()
      expect(await field.getAttribute('type')).toBe('text')
      expect(await reveal.getAttribute('aria-pressed')).toBe('true')

      await field.fill('violet tundra kettle')
      await page.getByRole('button', { name: 'Set password' }).click()

      expect(await field.getAttribute('type')).toBe('password')
      await expect.poll(() => server.posted[0]?.fields['password']).toBe('violet tundra kettle')
      expect(server.posted[0]?.fields['again']).toBeUndefined()
    })
  })

  it('never calls a password hard to guess that the server calls short', async () => {
    await withPage({ viewport: phone }, async (page) => {
      await page.goto(`${server.origin}/en/password`)
      const level = () => page.locator('[data-meters]').getAttribute('data-level')

      for (const [typed, expected] of [
        ['a', '1'],
        ['xK9#mQ2!vL7$', '2'],
        ['aaaaaaaaaaaaaaaaaaaaaaaa', '1'],
        ['abcdefghijklmnopqrstuvwxyz', '1'],
        ['violet tundra kettle', '4'],
      ] as const) {
        await page.locator('#password').fill(typed)

        expect([typed, await level()]).toEqual([typed, expected])
      }
      expect(await page.locator('#rules li').first().getAttribute('class')).toBe('met')
    })
  })

  it('stores nothing in the browser', async () => {
    await withPage({ viewport: phone }, async (page) => {
      for (const path of ['/en/start', '/en/prove', '/en/password']) {
        await page.goto(`${server.origin}${path}#${token}`)
      }

      expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0)
      expect(await page.context().cookies()).toEqual([])
    })
  })

  it('looks again while a password is being set, as the page does without it', async () => {
    for (const javaScriptEnabled of [true, false]) {
      await withPage({ viewport: phone, javaScriptEnabled }, async (page) => {
        const asked = page.waitForRequest(`${server.origin}/recover`)

        await page.goto(`${server.origin}/en/working`)

        expect((await asked).method()).toBe('GET')
      })
    }
  })
})

describe('without JavaScript', () => {
  it('a new password is asked for twice, because nobody can look at it', async () => {
    await withPage({ viewport: phone, javaScriptEnabled: false }, async (page) => {
      server.posted.length = 0
      await page.goto(`${server.origin}/en/password`)

      await page.locator('#password').fill('violet tundra kettle')
      await page.locator('#again').fill('violet tundra kettle')
      expect(await page.locator('button[data-reveals]').isVisible()).toBe(false)
      await page.getByRole('button', { name: 'Set password' }).click()

      await expect
        .poll(() => server.posted[0]?.fields)
        .toMatchObject({
          password: 'violet tundra kettle',
          again: 'violet tundra kettle',
        })
    })
  })
})

describe('every mail', () => {
  it('has nothing that axe objects to, light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await withPage({ colorScheme, viewport: desktop }, async (page) => {
        const found: unknown[] = []
        const few = {
          light: /\/en\/(recovery|password-changed|invitation)$/,
          dark: /\/ar\/(recovery|disavowed)$/,
        }
        const some = prove ? /./ : few[colorScheme]
        for (const path of mailPaths().filter((each) => mailKinds.test(each) && some.test(each))) {
          await page.goto(server.origin + path)
          // A mail is a letter inside another program's page: landmarks are that program's.
          const { violations } = await new AxeBuilder({ page })
            .disableRules(['region', 'landmark-one-main'])
            .analyze()
          found.push(
            ...violations.map(({ id, nodes }) => ({ path, id, html: nodes.map((node) => node.html) })),
          )
        }

        expect(found).toEqual([])
      })
    }
  })

  it('fetches nothing and fits a phone', async () => {
    await withPage({ viewport: { width: 320, height: 640 } }, async (page) => {
      const requests: string[] = []
      page.on('request', (request) => requests.push(new URL(request.url()).pathname))
      for (const path of mailPaths().filter((each) => /\/(en\/.*|recovery)$/.test(each))) {
        await page.goto(server.origin + path)

        expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 320])
      }

      expect(requests.filter((path) => !path.startsWith('/mail/') && path !== '/favicon.ico')).toEqual([])
    })
  })
})

describe('for the eye', () => {
  it.runIf(prove)('pictures of pages and mails are in .cache/screens', async () => {
    const folder = join(process.cwd(), '.cache', 'screens')
    mkdirSync(folder, { recursive: true })
    const looks = [
      { name: 'phone-light', viewport: phone, colorScheme: 'light', only: /./ },
      { name: 'phone-dark', viewport: phone, colorScheme: 'dark', only: /en\/|themed/ },
      { name: 'desktop-light', viewport: desktop, colorScheme: 'light', only: /en\/|themed/ },
      {
        name: 'no-script',
        viewport: phone,
        javaScriptEnabled: false,
        only: /^\/en\/(start|prove|password|disavow)$/,
      },
      { name: 'desktop-dark', viewport: desktop, colorScheme: 'dark', only: /de\/(start|recovery)$/ },
    ] as const
    const seen = server.paths.filter(
      (path) => path.startsWith('/themed/') || kinds.test(path) || mailKinds.test(path),
    )
    const pictures: string[] = []
    for (const { name, only, ...options } of looks) {
      await withPage(options, async (page) => {
        for (const path of seen.filter((each) => only.test(each))) {
          await page.goto(server.origin + path)
          const file = join(folder, `${path.slice(1).replaceAll('/', '-')}-${name}.png`)
          await page.screenshot({ path: file, fullPage: true })
          pictures.push(file)
        }
      })
    }
    await withPage({ viewport: phone }, async (page) => {
      for (const path of ['/en/start', '/de/disavow']) {
        await page.goto(`${server.origin}${path}#${token}`)
        const file = join(folder, `${path.slice(1).replaceAll('/', '-')}-landing.png`)
        await page.screenshot({ path: file })
        pictures.push(file)
      }
    })

    expect(pictures.length).toBeGreaterThan(200)
    expect(pictures.filter((file) => statSync(file).size > kilobyte)).toEqual(pictures)
  })
})
