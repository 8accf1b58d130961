import { beforeAll, describe, expect, it } from 'vitest'
import { phone } from '../support/browser.ts'
import { choose, followLink, forget, heading, openWorld, typeCode, type World } from './world.ts'

const fresh = 'violet tundra kettle 9'
const other = 'saddle amber pigeon 31'

let world: World

beforeAll(async () => {
  world = await openWorld()
  return () => world[Symbol.asyncDispose]()
})

// Side by side: each test has people and browsers of its own, and one waits for a pause that is part of the product.
describe.concurrent('a password', () => {
  it('is judged while it is typed, once it is long enough', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor({ viewport: phone })
    const { page } = visitor
    await forget(page, world.origin, someone.uid)
    await followLink(page, (await someone.mailbox.next()).link)
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/recover/check')) asked.push(request.postData() ?? '')
    })

    await page.locator('#password').pressSequentially('abcdefghijklm')
    expect(asked).toEqual([])
    await page.locator('#password').pressSequentially('nopqrstu')
    await page.locator('li.unmet[data-rule="hard-to-guess"]').waitFor()
    expect(await page.locator('#advice').textContent()).toContain('Too easy to guess')
    expect(await page.locator('li[data-rule="length"]').getAttribute('class')).toBe('met')
    await page.locator('#password').fill(fresh)
    await page.locator('li.met[data-rule="hard-to-guess"]').waitFor()

    expect(await page.locator('#advice').isHidden()).toBe(true)
    expect(await page.locator('#rules .unmet').count()).toBe(0)
    // One question when typing rests, not one a letter.
    expect(asked).toHaveLength(2)

    // What was wrong with the one that was sent is not said of the next one.
    await choose(page, 'abcdefghijklmnopqrstu')
    await page.locator('#problem').waitFor()
    await page.locator('#password').fill(fresh)
    expect(await page.locator('#problem').isHidden()).toBe(true)
  })
})

describe.concurrent('a link', () => {
  it('opened on the phone moves the way back in there; the computer goes on waiting', async () => {
    const someone = await world.someone()
    await using computer = await world.visitor()
    await using mobile = await world.visitor({ viewport: phone })
    await forget(computer.page, world.origin, someone.uid)

    await followLink(mobile.page, (await someone.mailbox.next()).link)
    await mobile.page.locator('#password').waitFor()
    await computer.page.reload()
    expect(await heading(computer.page)).toBe('Check your mail')
    await choose(mobile.page, fresh)
    await mobile.page.getByText('Your new password works now').waitFor()

    expect(await world.directory.canBind(someone.uid, fresh)).toBe(true)
  })

  it('clicked twice is sent once, and brings in once', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor()
    const posts: string[] = []
    visitor.page.on('request', (request) => {
      if (request.method() === 'POST') posts.push(new URL(request.url()).pathname)
    })
    await forget(visitor.page, world.origin, someone.uid)
    await visitor.page.goto((await someone.mailbox.next()).link ?? '')

    await visitor.page.locator('#landing button').dblclick()
    await visitor.page.locator('#password').waitFor()

    expect(posts).toEqual(['/recover/start', '/recover/link'])
  })

  it('opened in two tabs brings the first one in; the second shows where things stand', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor()
    await forget(visitor.page, world.origin, someone.uid)
    const { link } = await someone.mailbox.next()
    const second = await visitor.context.newPage()
    await second.goto(link ?? '')
    await followLink(visitor.page, link)
    await visitor.page.locator('#password').waitFor()

    await second.locator('#landing button').click()
    await second.locator('#password').waitFor()
    await choose(second, fresh)
    await second.getByText('Your new password works now').waitFor()
    // The tab that was left behind is told the end of it and writes nothing more.
    await choose(visitor.page, other)
    await visitor.page.getByText('Your new password works now').waitFor()

    expect(await world.directory.canBind(someone.uid, fresh)).toBe(true)
    expect(await world.directory.canBind(someone.uid, other)).toBe(false)
  })

  it('that was used says so in a browser that knows nothing of it, and how to go on', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor()
    await using stranger = await world.visitor({ viewport: phone })
    await forget(visitor.page, world.origin, someone.uid)
    const { link } = await someone.mailbox.next()
    await followLink(visitor.page, link)
    await visitor.page.locator('#password').waitFor()

    await followLink(stranger.page, link)
    await stranger.page.getByText('This link has been used or is too old').waitFor()

    expect(await stranger.page.locator('#identifier').isVisible()).toBe(true)
    expect(await stranger.page.locator('#password').count()).toBe(0)
  })

  it('leaves no token in the address bar, in the history, or in what the server logs', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor()
    await forget(visitor.page, world.origin, someone.uid)
    const { link, code } = await someone.mailbox.next()
    const token = link?.split('#')[1] ?? 'no token'

    await visitor.page.goto(link ?? '')
    await visitor.page.locator('#landing button').waitFor()
    expect(visitor.page.url()).toBe(`${world.origin}/recover`)
    await visitor.page.locator('#landing button').click()
    await choose(visitor.page, fresh)
    await visitor.page.getByText('Your new password works now').waitFor()
    await visitor.page.goBack()
    expect(visitor.page.url()).not.toContain('#')

    for (const secret of [token, token.slice(-43), code?.replace(/\D/g, '') ?? '', fresh]) {
      expect(secret.length).toBeGreaterThan(7)
      expect(world.log().includes(secret)).toBe(false)
    }
  })
})

describe.concurrent('a person', () => {
  it('who asks again too soon is told so, later gets a new mail, and the old one is dead', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor()
    const { page } = visitor
    await forget(page, world.origin, someone.uid)
    const first = await someone.mailbox.next()

    await page.getByRole('button', { name: 'Send it again' }).click()
    await page.getByText('You have only just asked').waitFor()
    expect(await page.locator('#code').isVisible()).toBe(true)
    const asksAgain = async () => {
      const answered = page.waitForResponse((response) => response.url().endsWith('/recover/resend'))
      await page.getByRole('button', { name: 'Send it again' }).click()
      return (await answered).status()
    }
    await expect.poll(asksAgain, { timeout: 60_000, interval: 2_000 }).toBe(200)
    await page.getByText('Asked for again').waitFor()
    const newest = await someone.mailbox.next()

    expect(newest.link).not.toBe(first.link)
    await typeCode(page, first.code)
    expect(await page.locator('#problem').innerText()).toContain('not the code from the newest mail')
    await followLink(page, first.link)
    await page.getByText('This link has been used or is too old').waitFor()
    await followLink(page, newest.link)
    await choose(page, fresh)
    await page.getByText('Your new password works now').waitFor()
    expect(await world.directory.canBind(someone.uid, fresh)).toBe(true)
  })
})

describe.concurrent('the back button', () => {
  it.each([true, false])('after the end shows the end and no form, script %s', async (javaScriptEnabled) => {
    const someone = await world.someone()
    await using visitor = await world.visitor({ javaScriptEnabled })
    const { page } = visitor
    await forget(page, world.origin, someone.uid)
    await typeCode(page, (await someone.mailbox.next()).code)
    await choose(page, fresh)
    await page.getByText('Your new password works now').waitFor()

    await page.goBack({ waitUntil: 'load' })

    expect(await page.locator('#password').count()).toBe(0)
    expect(await world.directory.canBind(someone.uid, fresh)).toBe(true)
  })
})

describe.concurrent('a page that was posted to', () => {
  it('shows the way on when its address is opened by itself', async () => {
    await using visitor = await world.visitor()

    for (const path of ['start', 'code', 'resend', 'link', 'password']) {
      const response = await visitor.page.goto(`${world.origin}/recover/${path}`)

      expect([path, response?.status(), new URL(visitor.page.url()).pathname]).toEqual([
        path,
        200,
        '/recover',
      ])
      expect(await visitor.page.locator('#identifier').isVisible()).toBe(true)
    }
  })

  it('speaks to people in their words when there is nothing at an address, and to programs in theirs', async () => {
    await using visitor = await world.visitor({ locale: 'de-DE' })

    const response = await visitor.page.goto(`${world.origin}/recovr`)

    expect(response?.status()).toBe(404)
    expect(await heading(visitor.page)).toBe('Hier ist keine Seite')
    const program = await fetch(`${world.origin}/recovr`, { headers: { accept: 'application/json' } })
    expect(program.headers.get('content-type')).toContain('application/problem+json')
  })
})

describe.concurrent('"this was not me"', () => {
  const ways = [
    { by: 'link', javaScriptEnabled: true },
    { by: 'code', javaScriptEnabled: true },
    { by: 'code', javaScriptEnabled: false },
  ] as const

  const disavow = async (
    way: (typeof ways)[number],
    letter: { disavowLink: string | null; disavowCode: string | null },
  ): Promise<string> => {
    await using visitor = await world.visitor({ javaScriptEnabled: way.javaScriptEnabled, viewport: phone })
    const { page } = visitor
    if (way.by === 'link') await followLink(page, letter.disavowLink)
    else {
      await page.goto(`${world.origin}/disavow`)
      await typeCode(page, letter.disavowCode)
    }
    await page.locator('.note.ok').waitFor()
    expect(visitor.complaints).toEqual([])
    return await page.locator('main').innerText()
  }

  it.each(ways)('before completion, by $by, script $javaScriptEnabled, ends the request', async (way) => {
    const someone = await world.someone()
    await using stranger = await world.visitor()
    await forget(stranger.page, world.origin, someone.uid)
    const letter = await someone.mailbox.next()
    const before = await stranger.page.content()

    const said = await disavow(way, letter)

    expect(said).toContain('Your password is unchanged')
    // Nothing was written, so nothing more is asked for the next time, and nothing else may be claimed.
    expect(said).not.toContain('second proof')
    await stranger.page.reload()
    expect(await stranger.page.content()).toBe(before)
    await typeCode(stranger.page, letter.code)
    expect(await stranger.page.locator('#problem').innerText()).toContain('not the code')
    const notice = await someone.mailbox.next()
    expect(notice.subject).toBe('You told us: this was not me')
    expect(notice.text).not.toContain('For a day')
    await using owner = await world.visitor()
    await forget(owner.page, world.origin, someone.uid)
    await followLink(owner.page, (await someone.mailbox.next()).link)
    await choose(owner.page, fresh)
    await owner.page.getByText('Your new password works now').waitFor()
    expect(await world.directory.canBind(someone.uid, fresh)).toBe(true)
  })

  it.each(ways)(
    'after completion, by $by, script $javaScriptEnabled, asks for a second proof',
    async (way) => {
      const someone = await world.someone()
      await using intruder = await world.visitor()
      await forget(intruder.page, world.origin, someone.uid)
      await typeCode(intruder.page, (await someone.mailbox.next()).code)
      await choose(intruder.page, fresh)
      await intruder.page.getByText('Your new password works now').waitFor()
      const changed = await someone.mailbox.next()

      const said = await disavow(way, changed)

      expect(said).toContain('talk to the help desk now')
      expect((await someone.mailbox.next()).text).toContain('For a day')
      await using again = await world.visitor()
      await forget(again.page, world.origin, someone.uid)
      await followLink(again.page, (await someone.mailbox.next()).link)
      await again.page.getByRole('heading', { name: 'Mail alone is not enough here' }).waitFor()
      expect(await again.page.locator('#password').count()).toBe(0)
      // It locks nobody out: what the directory has goes on working.
      expect(await world.directory.canBind(someone.uid, fresh)).toBe(true)
    },
  )

  it('a code that nobody was sent is refused with the way on', async () => {
    await using visitor = await world.visitor()
    await visitor.page.goto(`${world.origin}/disavow`)

    await typeCode(visitor.page, 'abcd efgh jkmn pqrs')

    expect(await visitor.page.locator('#problem').innerText()).toContain('We do not know this code')
  })
})

describe.concurrent('the language', () => {
  it('is changed by a link, stays changed, and keeps the place where the person was', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor()
    const { page } = visitor
    await forget(page, world.origin, someone.uid)

    await page.getByRole('link', { name: 'Deutsch' }).click()
    await page.locator('#code').waitFor()

    expect(await page.locator('html').getAttribute('lang')).toBe('de')
    await typeCode(page, '0000 0000')
    expect(await page.locator('#problem').innerText()).toMatch(/Code/)
    expect(await page.locator('html').getAttribute('lang')).toBe('de')
    await page.getByRole('link', { name: 'English' }).click()
    await page.locator('#code').waitFor()
    expect(await heading(page)).toBe('Check your mail')
  })

  it('German from the first page to the last, mail included', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor({ locale: 'de-AT', viewport: phone })
    const { page } = visitor
    const heads: string[] = []
    await page.goto(`${world.origin}/recover`)
    heads.push(await heading(page))
    await page.locator('#identifier').fill(someone.uid)
    await page.locator('form:has(#identifier) button').click()
    await page.locator('#code').waitFor()
    heads.push(await heading(page))
    const letter = await someone.mailbox.next()
    await page.goto(letter.link ?? '')
    heads.push(await heading(page))
    await page.locator('#landing button').click()
    await page.locator('#password').waitFor()
    heads.push(await heading(page))
    await choose(page, fresh)
    await page.locator('.note.ok').waitFor()
    heads.push(await heading(page))

    expect(await page.locator('html').getAttribute('lang')).toBe('de')
    expect(heads).toEqual([
      'Zurück in Ihr Konto',
      'Sehen Sie in Ihr Postfach',
      'Sie haben unsere Mail geöffnet',
      'Wählen Sie ein neues Passwort',
      'Sie sind zurück',
    ])
    expect(letter.subject).toContain('Passwort')
    expect((await someone.mailbox.next()).subject).toContain('Passwort')
  })
})
