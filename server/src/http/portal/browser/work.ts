/*
 * The work of a form while there is more to do than usual; no other page loads it. A number is counted up until the key
 * that is made of it begins as the server has said. A browser that can't do it sends the form as it is, and waits instead.
 */
{
  type Task = {
    parameters: { nonce: string; salt: string; cost: number; keyLength: number; keyPrefix: string }
  }
  const bytesOf = (hex: string) =>
    Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  const hexOf = (bytes: ArrayBuffer) =>
    [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const keyFor = async ({ parameters }: Task, counter: number) => {
    const { nonce, salt, cost, keyLength } = parameters
    const password = new Uint8Array([...bytesOf(nonce), 0, 0, 0, 0])
    new DataView(password.buffer).setUint32(password.length - 4, counter)
    const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits'])
    const how = { name: 'PBKDF2', hash: 'SHA-256', salt: bytesOf(salt), iterations: cost }
    return hexOf(await crypto.subtle.deriveBits(how, key, keyLength * 8))
  }
  const atOnce = 8
  const solve = async (challenge: Task) => {
    for (let first = 0; ; first += atOnce) {
      const counters = Array.from({ length: atOnce }, (_, next) => first + next)
      const keys = await Promise.all(counters.map((counter) => keyFor(challenge, counter)))
      const at = keys.findIndex((key) => key.startsWith(challenge.parameters.keyPrefix))
      if (at >= 0)
        return btoa(JSON.stringify({ challenge, solution: { counter: counters[at], derivedKey: keys[at] } }))
    }
  }
  let working = new WeakSet<HTMLFormElement>()
  const withWork = async (form: HTMLFormElement) => {
    const field = form.elements.namedItem('work')
    const csrf = form.elements.namedItem('csrf')
    const status = form.querySelector<HTMLElement>('[data-says]')
    if (field instanceof HTMLInputElement && csrf instanceof HTMLInputElement) {
      if (status !== null) status.textContent = status.dataset['says'] ?? ''
      try {
        const body = new URLSearchParams({ csrf: csrf.value, purpose: form.dataset['worksFor'] ?? '' })
        const answer = await fetch(form.dataset['workAt'] ?? '', { method: 'POST', body })
        const { challenge } = (await answer.json()) as { challenge: Task }
        field.value = await solve(challenge)
      } catch {
        field.value = ''
      }
    }
    form.submit()
  }

  document.addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || form.dataset['workAt'] === undefined) return
    event.preventDefault()
    if (working.has(form)) return
    working.add(form)
    void withWork(form)
  })
  /* Back from the next page, a browser may show this one as it was left. */
  addEventListener('pageshow', () => {
    working = new WeakSet()
  })
}
