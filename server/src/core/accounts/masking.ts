/** `ada@northwind.example` as `a•••@n•••.example`: enough to recognise one's own, too little to learn another's. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  if (at < 0) return maskName(address)
  const labels = address.slice(at + 1).split('.')
  const top = labels.length > 1 ? `.${labels.at(-1) ?? ''}` : ''
  const host = labels.slice(0, Math.max(1, labels.length - 1)).join('.')
  return `${maskName(address.slice(0, at))}@${maskName(host)}${top}`
}

/** The first character and dots of a fixed number, so that the length stays unknown. */
export function maskName(name: string): string {
  const first = [...name][0]
  return first === undefined ? '' : `${first}•••`
}
