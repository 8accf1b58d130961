import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { phone } from '../support/browser.ts'
import { change, heading, openWorld, signIn, type World } from './world.ts'

const pictures = join(import.meta.dirname, '../../../.cache/screenshots')
const fresh = 'granite harbour whistle 3'
const newest = 'walnut orbit ferry 42'

let world: World

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  world = await openWorld()
  return () => world[Symbol.asyncDispose]()
})

async function look(page: Page, name: string, script: boolean): Promise<void> {
  await page.screenshot({ path: join(pictures, `change-${name}.png`), fullPage: true })
  const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
  expect([name, overflow]).toEqual([name, 0])
  // axe is a script itself.
  if (!script) return
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  expect([name, violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])]).toEqual([name, []])
}

const scripts = [{ script: true }, { script: false }]

describe('a person who knows the password', () => {
  it.each(scripts)('changes it at OpenLDAP, script $script', async ({ script }) => {
    const { directory, origin } = world
    const someone = await world.someone()
    await using visitor = await world.visitor({ viewport: phone, javaScriptEnabled: script })
    const { page } = visitor
    const seen = (step: string) => look(page, `${step}-${script ? 'script' : 'plain'}`, script)

    await page.goto(`${origin}/recover`)
    await page.getByRole('link', { name: 'Change it' }).click()
    await page.waitForURL('**/sign-in')
    await seen('1-sign-in')
    await signIn(page, someone.uid, 'not the password')
    await page.getByText('We could not sign you in').waitFor()
    await seen('2-refused')
    await signIn(page, someone.uid, someone.oldPassword)
    await page.locator('#current').waitFor()
    await seen('3-change')
    await change(page, 'not the password', fresh)
    expect(await page.locator('#current-problem').innerText()).toContain('not your current password')
    await seen('4-wrong')
    await change(page, someone.oldPassword, 'password password password')
    expect(await page.locator('#problem').innerText()).toContain('Too easy to guess')
    expect(await directory.canBind(someone.uid, someone.oldPassword)).toBe(true)
    await change(page, someone.oldPassword, fresh)
    await page.getByText('Your new password works now').waitFor()
    expect(await heading(page)).toBe('Your password was changed')
    await seen('5-done')

    expect(await directory.canBind(someone.uid, someone.oldPassword)).toBe(false)
    expect(await directory.canBind(someone.uid, fresh)).toBe(true)
    expect((await someone.mailbox.next()).subject).toBe('Your password was changed')
    expect(visitor.complaints).toEqual([])
    expect(visitor.elsewhere).toEqual([])
    // The session went with the password, and a password manager that comes again begins anew.
    await page.goto(`${origin}/.well-known/change-password`)
    expect(new URL(page.url()).pathname).toBe('/sign-in')
  })

  it('stays signed in if wished, and goes when wished', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor()
    const { page } = visitor

    await page.goto(`${world.origin}/change`)
    await signIn(page, someone.uid, someone.oldPassword)
    await change(page, someone.oldPassword, fresh, { keep: true })
    await page.getByText('Your new password works now').waitFor()
    await page.goto(`${world.origin}/.well-known/change-password`)
    await page.locator('#current').waitFor()
    await page.goto(`${world.origin}/change`)
    await page.getByText('Your new password works now').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are signed out').waitFor()
    await page.goto(`${world.origin}/change?again=1`)

    expect(new URL(page.url()).pathname).toBe('/sign-in')
  })

  it('is told that the session is over when the password was reset meanwhile', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor()
    const { page } = visitor
    await page.goto(`${world.origin}/change`)
    await signIn(page, someone.uid, someone.oldPassword)
    await page.locator('#current').waitFor()

    await using elsewhere = await world.visitor()
    await elsewhere.page.goto(`${world.origin}/change`)
    await signIn(elsewhere.page, someone.uid, someone.oldPassword)
    await change(elsewhere.page, someone.oldPassword, fresh)
    await elsewhere.page.getByText('Your new password works now').waitFor()
    await change(page, fresh, newest)

    await page.getByText('You are signed out here').waitFor()
    expect(await world.directory.canBind(someone.uid, fresh)).toBe(true)
  })
})
