/** The library with what it decodes by. It takes 25 MB and a sixth of a second to load: not before somebody shows a passkey. */
const load = async () => {
  const [whole, helpers] = await Promise.all([
    import('@simplewebauthn/server'),
    import('@simplewebauthn/server/helpers'),
  ])
  return { ...whole, ...helpers }
}

export type Library = Awaited<ReturnType<typeof load>>

let loading: Promise<Library> | null = null

export const loadLibrary = (): Promise<Library> => (loading ??= load())
