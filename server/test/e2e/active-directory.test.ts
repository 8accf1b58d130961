import type { Browser } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { aVisitor, openBrowser, phone } from '../support/browser.ts'
import { canRunSamba, type SambaAd, startSambaAd } from '../support/samba-ad.ts'
import { adBaseDn } from '../support/samba-domain.ts'
import { aMailServer } from '../support/smtp.ts'
import { activeDirectoryAt, type Place } from './places.ts'
import { change, oldPassword, signIn } from './world.ts'

const first = 'violet tundra kettle 9'
const second = 'amber lagoon trellis 4'
const anHour = String(-3_600 * 10_000_000)

let server: SambaAd
let place: Place
let browser: Browser

describe.runIf(canRunSamba)('a change of password at an Active Directory', () => {
  beforeAll(async () => {
    await using opening = new AsyncDisposableStack()
    server = opening.use(await startSambaAd())
    place = await activeDirectoryAt(server, opening, opening.use(await aMailServer({ tls: 'none' })))
    browser = await openBrowser()
    opening.defer(() => browser.close())
    const running = opening.move()
    return () => running.disposeAsync()
  })

  it.each([
    { uid: 'tess', script: true },
    { uid: 'theo', script: false },
  ])('is held to its history and its minimum age, script $script', async ({ uid, script }) => {
    await place.add(uid, `${uid}@home.example`)
    const origin = place.rekey.portalUrl
    await using visitor = await aVisitor(browser, origin, { viewport: phone, javaScriptEnabled: script })
    const { page } = visitor
    const changeTo = async (from: string, to: string) => {
      await page.goto(`${origin}/.well-known/change-password`)
      if ((await page.locator('#current').count()) === 0) await signIn(page, uid, from)
      await change(page, from, to)
    }
    const opening = async () => {
      const passwords = [oldPassword, first, second]
      const opens = await Promise.all(passwords.map((password) => server.canBind(uid, password)))
      return passwords.filter((_, at) => opens[at])
    }

    await changeTo(oldPassword, first)
    await page.getByText('Your new password works now').waitFor()
    await changeTo(first, oldPassword)
    await page.getByText('You had this one before').waitFor()
    await page.getByText('None of your last 3 passwords').waitFor()
    expect(await opening()).toEqual([first])

    await server.setAttribute(adBaseDn, 'minPwdAge', [anHour])
    await changeTo(first, second)
    await page.getByText('does not take another password so soon after the last one').waitFor()
    expect(await opening()).toEqual([first])

    await server.setAttribute(adBaseDn, 'minPwdAge', ['0'])
    await changeTo(first, second)
    await page.getByText('Your new password works now').waitFor()
    expect(await opening()).toEqual([second])
    expect(visitor.complaints).toEqual([])
  })
})
