import type { Browser, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { aVisitor, openBrowser } from '../support/browser.ts'
import { demoOpens } from '../support/demo-directory.ts'
import { readText } from '../support/mailbox.ts'
import { type Rekey, startRekey } from '../support/rekey-process.ts'
import { choose, followLink, forget } from './world.ts'

const newcomersPassword = 'violet tundra kettle 1'
const fresh = 'walnut orbit ferry 42'

let rekey: Rekey
let browser: Browser

beforeAll(async () => {
  ;[rekey, browser] = await Promise.all([startRekey(), openBrowser()])
  return async () => {
    await browser.close()
    await rekey[Symbol.asyncDispose]()
  }
})

/** The newest mail to somebody, read in the console as an operator of the demo does. */
async function newestMail(console: Page, to: string): Promise<string> {
  await expect
    .poll(
      async () => {
        await console.goto(`${rekey.consoleUrl}/outbox`)
        return console.locator('tbody tr', { hasText: to }).count()
      },
      { timeout: 15_000, interval: 200 },
    )
    .toBeGreaterThan(0)
  await console.locator('tbody tr', { hasText: to }).first().getByRole('link').click()
  return console.locator('pre').innerText()
}

const opens = (username: string, password: string) => demoOpens(rekey, username, password)

describe('a newcomer with the demo', () => {
  it('forgets a password, reads the mail in the console and sets a new one', async () => {
    await using operator = await aVisitor(browser, rekey.consoleUrl)
    await using person = await aVisitor(browser, rekey.portalUrl)
    const entry = rekey.consoleEntry()

    await operator.page.goto(entry)
    await operator.page.getByRole('button', { name: 'Open the console' }).click()
    await operator.page.getByRole('link', { name: 'Outbox' }).first().waitFor()
    await forget(person.page, rekey.portalUrl, 'ada')
    expect(await person.page.getByText('This is a demo').isVisible()).toBe(true)
    const mail = readText(await newestMail(operator.page, 'ada@example.test'))
    await followLink(person.page, mail.link)
    await person.page.locator('#password').waitFor()
    await choose(person.page, 'northwind northwind 1')
    expect(await person.page.locator('#problem').innerText()).toContain('Too easy to guess')
    expect(await opens('ada', newcomersPassword)).toBe(true)
    await choose(person.page, fresh)
    await person.page.getByText('Your new password works now').waitFor()

    expect(await opens('ada', newcomersPassword)).toBe(false)
    expect(await opens('ada', fresh)).toBe(true)
    expect(await newestMail(operator.page, 'ada@example.test')).toContain('was changed')
    expect(person.complaints).toEqual([])
    expect(person.elsewhere).toEqual([])
    expect(operator.complaints).toEqual([])
    expect(operator.elsewhere).toEqual([])

    // What was printed once works once, and it is in no log line.
    await using latecomer = await aVisitor(browser, rekey.consoleUrl)
    await latecomer.page.goto(entry)
    await latecomer.page.getByRole('button', { name: 'Open the console' }).click()
    await latecomer.page.getByText('has been used or is too old').waitFor()
    expect(rekey.log().split(fresh)).toHaveLength(1)
  })

  it('finds the same after a stop and a start: the password that was set, and the mails', async () => {
    await rekey.restart()
    await using operator = await aVisitor(browser, rekey.consoleUrl)
    await using person = await aVisitor(browser, rekey.portalUrl)

    await operator.page.goto(rekey.consoleEntry())
    await operator.page.getByRole('button', { name: 'Open the console' }).click()
    await operator.page.getByRole('link', { name: 'Outbox' }).first().waitFor()
    expect(await newestMail(operator.page, 'ada@example.test')).toContain('was changed')
    expect(await opens('ada', fresh)).toBe(true)

    // And the other spelling of the name leads to the same mailbox.
    await forget(person.page, rekey.portalUrl, 'ADA@Example.Test')
    await expect
      .poll(async () => readText(await newestMail(operator.page, 'ada@example.test')).link, {
        timeout: 15_000,
        interval: 200,
      })
      .toContain('/recover#')
    await followLink(person.page, readText(await operator.page.locator('pre').innerText()).link)
    await person.page.locator('#password').waitFor()
  })
})
