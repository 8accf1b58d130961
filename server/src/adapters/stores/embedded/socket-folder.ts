import { lstatSync, mkdtempSync, rmdirSync, symlinkSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Fault } from '../../../kernel/fault.ts'

/** `sockaddr_un.sun_path` takes 107 bytes and a NUL on Linux, 103 on darwin; the smaller limit serves both. */
const socketPathBytesMax = 103

const linkName = 'db'
const fits = (folder: string) => Buffer.byteLength(join(folder, '.s.PGSQL.65535')) <= socketPathBytesMax

/** A folder by which the socket in `data` can be reached: `data` itself, or a private link to it. */
export interface SocketFolder {
  path: string
  /** What has to be removed once the socket is not used any more, or null. */
  temporary: string | null
}

/** A path that is too long is reached through a link in a folder of mode 0700 made for this purpose. */
export function socketFolderFor(data: string): SocketFolder {
  if (fits(data)) return { path: data, temporary: null }
  const temporary = mkdtempSync(join(tmpdir(), 'rekey-'))
  const path = join(temporary, linkName)
  if (!fits(path)) {
    rmdirSync(temporary)
    throw new Fault('database-unavailable', {
      detail: `both ${data} and ${tmpdir()} are too long for a Unix socket: choose a shorter folder`,
    })
  }
  symlinkSync(data, path)
  return { path, temporary }
}

/** Removes exactly what `socketFolderFor` made, so that a note that was tampered with can delete nothing else. */
export function forgetSocketFolder(temporary: string | null): void {
  if (temporary === null || !basename(temporary).startsWith('rekey-') || dirname(temporary) !== tmpdir())
    return
  try {
    const link = join(temporary, linkName)
    if (lstatSync(link).isSymbolicLink()) unlinkSync(link)
    rmdirSync(temporary)
  } catch {
    // Tidying only: gone already, or not what was made here.
  }
}
