/*
 * What JavaScript adds to the console. It stores nothing, fetches nothing, and writes no markup.
 *
 * The one-time address: the token leaves the address bar and the history before anything else, and then waits for
 * a click. What merely opens the address, a preview or a restored tab, spends nothing.
 */
{
  const takeToken = () => {
    const landing = document.getElementById('landing')
    const typed = document.getElementById('typed')
    const token = location.hash.slice(1)
    if (landing === null || typed === null || token === '') return
    history.replaceState(null, '', '/enter')
    if (!/^[\w-]{43}$/.test(token)) return
    landing.elements.token.value = token
    landing.hidden = false
    typed.hidden = true
    landing.querySelector('button').focus()
  }
  takeToken()
  addEventListener('hashchange', takeToken)
}
