/*
 * What JavaScript adds to pages that work without it. One file, no imports: taking the types away gives the script
 * that is served. It stores nothing, asks nobody but the server it came from, and writes no markup.
 */
{
  const all = <E extends Element>(selector: string, kind: abstract new () => E): E[] =>
    [...document.querySelectorAll(selector)].filter((found): found is E => found instanceof kind)

  /*
   * A mailed link. The token leaves the address bar and the history before anything else, and then waits for a
   * click: mail scanners run scripts, and some submit forms, but what they merely open must stay good.
   */
  const tokenShape = /^[\w.-]{20,512}$/
  const takeToken = () => {
    const token = location.hash.slice(1)
    const [landing] = all('#landing', HTMLElement)
    const [field] = all('#landing input[name=token]', HTMLInputElement)
    if (landing === undefined || field === undefined || token === '') return
    history.replaceState(null, '', location.pathname + location.search)
    if (!tokenShape.test(token)) return
    field.value = token
    for (const card of all('.card', HTMLElement)) card.hidden = card !== landing
    document.title = landing.dataset['title'] ?? document.title
    all('#landing h1', HTMLElement)[0]?.focus()
  }
  takeToken()
  addEventListener('hashchange', takeToken)

  /* One press, one request: the second press of an impatient person would meet its own first one. */
  const sent = new WeakSet<HTMLFormElement>()
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement)) return
    if (sent.has(form)) return event.preventDefault()
    sent.add(form)
    if (form.dataset['action'] !== undefined) {
      event.preventDefault()
      void withAction(form)
    }
    const asks = form.querySelector<HTMLInputElement>('input[data-passkey]')
    if (asks !== null) {
      event.preventDefault()
      void withPasskey(form, asks)
    }
    for (const button of form.querySelectorAll('button:not([type=button])'))
      button.setAttribute('aria-disabled', 'true')
  })
  /* The right to change something is asked for at the last moment. Without an answer the server asks for itself. */
  const withAction = async (form: HTMLFormElement) => {
    const field = form.elements.namedItem('action')
    const csrf = form.elements.namedItem('csrf')
    if (field instanceof HTMLInputElement && csrf instanceof HTMLInputElement) {
      const body = new URLSearchParams({ csrf: csrf.value })
      const answer = await fetch(form.dataset['action'] ?? '', { method: 'POST', body }).catch(() => null)
      const told = (await answer?.json().catch(() => null)) as { token?: string } | null
      field.value = told?.token ?? ''
    }
    form.submit()
  }
  const again = (form: HTMLFormElement) => {
    sent.delete(form)
    for (const button of form.querySelectorAll('[aria-disabled]')) button.removeAttribute('aria-disabled')
  }
  /* Back from the next page, a browser may show this one as it was left. */
  addEventListener('pageshow', (event) => {
    if (event.persisted) for (const form of document.forms) again(form)
  })

  /*
   * Passkeys. The form says what is asked, and its answer goes as one field. Browsers turn both to JSON and back by themselves, but
   * the objects that some password managers put in place of theirs do not.
   */
  type Named = { type: 'public-key'; id: string; transports: AuthenticatorTransport[] }
  type AskedUse = { rpId: string; challenge: string; timeout: number; userVerification: 'required' }
  type AskedNew = Omit<PublicKeyCredentialCreationOptions, 'challenge' | 'user' | 'excludeCredentials'> & {
    challenge: string
    user: { id: string; name: string; displayName: string }
    excludeCredentials: Named[]
  }
  const bytesOf = (text: string) =>
    Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0))
  const textOf = (bytes: ArrayBuffer) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replace(/\+/g, '-')
      .replace(/\//g, '_')
      .replace(/=+$/, '')
  const askForPasskey = (asked: AskedUse | AskedNew): Promise<Credential | null> => {
    const challenge = bytesOf(asked.challenge)
    if (!('user' in asked)) {
      const { rpId, timeout, userVerification } = asked
      return navigator.credentials.get({ publicKey: { rpId, challenge, timeout, userVerification } })
    }
    const user = { ...asked.user, id: bytesOf(asked.user.id) }
    const excludeCredentials = asked.excludeCredentials.map((one) => ({ ...one, id: bytesOf(one.id) }))
    return navigator.credentials.create({ publicKey: { ...asked, challenge, user, excludeCredentials } })
  }
  const answerOf = ({ rawId, type, response }: PublicKeyCredential) => {
    const id = textOf(rawId)
    const clientDataJSON = textOf(response.clientDataJSON)
    if ('attestationObject' in response) {
      const made = response as AuthenticatorAttestationResponse
      const transports = made.getTransports?.() ?? []
      const attestationObject = textOf(made.attestationObject)
      return { id, rawId: id, type, response: { clientDataJSON, attestationObject, transports } }
    }
    const used = response as AuthenticatorAssertionResponse
    const [authenticatorData, signature] = [textOf(used.authenticatorData), textOf(used.signature)]
    const userHandle = textOf(used.userHandle ?? new ArrayBuffer(0))
    const said = { clientDataJSON, authenticatorData, signature, userHandle }
    return { id, rawId: id, type, response: said }
  }
  const withPasskey = async (form: HTMLFormElement, field: HTMLInputElement) => {
    const failed = form.querySelector<HTMLElement>('[data-failed]')
    if (failed !== null) failed.hidden = true
    // Objects of password managers are no instances of the browser's classes.
    const options = JSON.parse(field.dataset['passkey'] ?? '') as AskedUse | AskedNew
    const given = (await askForPasskey(options).catch(() => null)) as PublicKeyCredential | null
    if (given !== null) {
      field.value = JSON.stringify(answerOf(given))
      return form.submit()
    }
    if (failed !== null) failed.hidden = false
    again(form)
  }
  const hasPasskeys = 'PublicKeyCredential' in window
  for (const part of all('[data-with-passkeys]', HTMLElement)) part.hidden = !hasPasskeys
  for (const part of all('[data-without-passkeys]', HTMLElement)) part.hidden = hasPasskeys

  /* Codes: "4821 7093", "4821-7093", "Code: 48217093", full-width, Arabic and Persian digits: two groups of four. */
  const digitsOf = (text: string) =>
    text
      .normalize('NFKC')
      .replace(/[\u0660-\u0669\u06F0-\u06F9]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
      .replace(/\D/g, '')
      .slice(0, 8)
  const inGroups = (digits: string) => digits.replace(/^(\d{4})(?=\d)/, '$1 ')
  for (const field of all('input[data-digits]', HTMLInputElement)) {
    field.addEventListener('input', () => {
      // In the middle of a text the caret would jump; whoever corrects a digit there is left alone.
      if (field.selectionStart === field.value.length) field.value = inGroups(digitsOf(field.value))
    })
    field.addEventListener('paste', (event) => {
      const digits = digitsOf(event.clipboardData?.getData('text') ?? '')
      if (digits.length !== 8) return
      event.preventDefault()
      field.value = inGroups(digits)
    })
  }

  const byId = (id: string | undefined) => (id === undefined ? null : document.getElementById(id))

  for (const button of all('button[data-reveals]', HTMLButtonElement)) {
    const field = byId(button.dataset['reveals'])
    if (!(field instanceof HTMLInputElement)) continue
    button.hidden = false
    const show = (visible: boolean) => {
      field.type = visible ? 'text' : 'password'
      button.setAttribute('aria-pressed', String(visible))
      button.textContent = (visible ? button.dataset['hide'] : button.dataset['show']) ?? ''
    }
    button.addEventListener('click', () => show(field.type === 'password'))
    // A shown password must not end up among a browser's remembered form texts.
    field.form?.addEventListener('submit', () => show(false))
  }

  /*
   * A hint while typing, from 1 to 4: how many characters there are that neither repeat nor follow their
   * neighbour. The server alone judges, with dictionaries; this must never call good what the server calls short.
   */
  const levelOf = (characters: string[], min: number) => {
    const code = (character: string | undefined) => character?.toLowerCase().codePointAt(0) ?? -9
    const fresh = characters.filter((character, i) => Math.abs(code(character) - code(characters[i - 1])) > 1)
    const worth = Math.min(fresh.length, new Set(characters).size * 1.5)
    if (characters.length < min) return Math.min(2, worth < 6 ? 1 : 2)
    return worth < 8 ? 1 : worth < 11 ? 2 : worth < 14 ? 3 : 4
  }
  for (const meter of all('[data-meters]', HTMLElement)) {
    const field = byId(meter.dataset['meters'])
    const text = meter.querySelector('span')
    if (!(field instanceof HTMLInputElement) || text === null) continue
    const [rule] = all('li[data-min]', HTMLElement)
    const min = Number(rule?.dataset['min'] ?? 0)
    const max = Number(rule?.dataset['max'] ?? 256)
    field.addEventListener('input', () => {
      const characters = [...field.value.normalize('NFC')]
      const level = characters.length === 0 ? 0 : levelOf(characters, min)
      meter.hidden = level === 0
      meter.dataset['level'] = String(level)
      text.textContent = meter.dataset[`text${level}`] ?? ''
      rule?.classList.toggle('met', characters.length >= min && characters.length <= max)
      rule?.classList.remove('unmet')
    })
  }

  /*
   * What the server says of a password while it is typed: not of every letter, and not before it is long enough, as
   * nobody wants to be told after the third letter that it is too easy to guess.
   */
  type Advice = { unmet: string[]; met: string[]; says: string }
  for (const rules of all('[data-checks]', HTMLElement)) {
    const field = byId(rules.dataset['checks'])
    const advice = byId('advice')
    if (!(field instanceof HTMLInputElement) || advice === null) continue
    const items = all('li[data-rule]', HTMLElement)
    const min = Number(items.find((item) => item.dataset['min'] !== undefined)?.dataset['min'] ?? 0)
    let typed = 0
    const ask = async (mine: number) => {
      const csrf = field.form?.querySelector<HTMLInputElement>('input[name=csrf]')?.value ?? ''
      const body = new URLSearchParams({ csrf, password: field.value })
      const answer = await fetch(rules.dataset['at'] ?? '', { method: 'POST', body }).catch(() => null)
      if (answer?.ok !== true) return
      const told = (await answer.json().catch(() => null)) as Advice | null
      if (told === null || mine !== typed) return
      const { unmet, met, says } = told
      for (const item of items) {
        item.classList.toggle('unmet', unmet.includes(item.dataset['rule'] ?? ''))
        item.classList.toggle('met', met.includes(item.dataset['rule'] ?? ''))
      }
      advice.textContent = says
      advice.hidden = says === ''
    }
    field.addEventListener('input', () => {
      const mine = ++typed
      advice.hidden = true
      // What was refused was another password.
      field.removeAttribute('aria-invalid')
      const refused = byId('problem')
      if (refused !== null) refused.hidden = true
      for (const item of items) if (item.dataset['min'] === undefined) item.classList.remove('met', 'unmet')
      if ([...field.value.normalize('NFC')].length >= min)
        setTimeout(() => mine === typed && void ask(mine), 400)
    })
  }

  /* Recovery codes, onto paper or into a file. */
  for (const button of all('[data-prints], [data-saves]', HTMLButtonElement)) {
    button.hidden = false
    button.addEventListener('click', () => {
      const sheet = byId(button.dataset['saves'])
      if (sheet === null) return print()
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob([sheet.innerText]))
      link.download = 'recovery-codes.txt'
      link.click()
    })
  }

  /* While a password is being set the page looks again; without script a `meta` in `noscript` does the same. */
  for (const page of all('[data-refresh]', HTMLElement)) {
    setTimeout(
      () => location.replace(page.dataset['at'] ?? '/recover'),
      Number(page.dataset['refresh']) * 1000,
    )
  }
}
