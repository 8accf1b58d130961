import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { openBrowser } from '../server/test/support/browser.ts'
import { readText } from '../server/test/support/mailbox.ts'
import { startRekey } from '../server/test/support/rekey-process.ts'
import { root } from './tree.ts'

/**
 * Makes the README's picture of the portal: three steps of one real recovery in the demo, side by side as on a
 * phone. Run `node tools/picture.ts` after the look of the pages has changed.
 */
const file = join(root, 'docs/images/portal.png')
const screen = { width: 390, height: 844 }
const bytesMax = 150_000

await using rekey = await startRekey()
const browser = await openBrowser()
try {
  const context = await browser.newContext({ viewport: screen, colorScheme: 'light' })
  const portal = await context.newPage()
  const shots: Buffer[] = []

  await portal.goto(`${rekey.portalUrl}/recover?service=intranet`)
  await portal.locator('#identifier').pressSequentially('ada')
  shots.push(await shot(portal))
  await portal.getByRole('button', { name: 'Continue' }).click()
  await portal.locator('#code').waitFor()
  shots.push(await shot(portal))
  const mail = readText(await mailTo(await context.newPage(), 'ada@example.test'))
  await portal.goto(mail.link ?? '')
  await portal.locator('#landing button').click()
  await portal.locator('#password').pressSequentially('walnut orbit ferry 42')
  shots.push(await shot(portal))

  const sheet = await browser.newPage({ viewport: { width: 1290, height: 924 } })
  await sheet.setContent(sideBySide(shots))
  mkdirSync(join(root, 'docs/images'), { recursive: true })
  await sheet.screenshot({ path: file })
} finally {
  await browser.close()
}
const { size } = statSync(file)
process.stdout.write(`${file}: ${Math.round(size / 1000)} kB\n`)
if (size > bytesMax) throw new Error(`the picture is larger than ${bytesMax / 1000} kB`)

/** Without the caret, which blinks. */
function shot(page: Page): Promise<Buffer> {
  return page.screenshot({ caret: 'hide', animations: 'disabled' })
}

async function mailTo(console: Page, address: string): Promise<string> {
  await console.goto(rekey.consoleEntry())
  await console.getByRole('button', { name: 'Open the console' }).click()
  await console.getByRole('link', { name: 'Outbox' }).first().waitFor()
  const row = console.locator('tbody tr', { hasText: address })
  for (let look = 0; look < 100 && (await row.count()) === 0; look += 1) {
    await console.waitForTimeout(100)
    await console.goto(`${rekey.consoleUrl}/outbox`)
  }
  await row.first().getByRole('link').click()
  return await console.locator('pre').innerText()
}

function sideBySide(shots: readonly Buffer[]): string {
  const images = shots.map((png) => `<img src="data:image/png;base64,${png.toString('base64')}" alt="">`)
  return `<!doctype html><style>
    body { margin: 0; height: 924px; display: flex; justify-content: center; align-items: center; gap: 30px; background: #dfe5e1 }
    img { width: ${screen.width}px; height: ${screen.height}px; border-radius: 22px; border: 1px solid #c3ccc6 }
  </style>${images.join('')}`
}
