import { join } from 'node:path'
import type { Shortcuts } from './environment.ts'

/** Ports of the demo, and defaults of the configuration. */
const portalPort = 8080
const consolePort = 8081

/**
 * The configuration of the demo, written as a configuration file would be, so that it passes the same check:
 * one organisation with an embedded directory, loopback only, mails kept in an outbox unless `smtp` is given.
 */
export function demoFile(shortcuts: Shortcuts, smtp: object | null): unknown {
  const data = shortcuts.data ?? '.rekey'
  const port = shortcuts.portalPort ?? portalPort
  return {
    tenants: [
      {
        id: 'northwind',
        name: 'Northwind',
        publicUrl: `http://localhost:${port.toString()}`,
        languages: ['en', 'de', 'fr', 'es', 'ja', 'ar'],
        branding: { helpDesk: { text: 'Call 4000, Monday to Friday, 8 to 17' } },
        directories: [{ name: 'people', kind: 'local' }],
        services: [{ name: 'intranet', title: 'Northwind intranet', directory: 'people' }],
        policy: { password: { contextWords: ['northwind'] } },
      },
    ],
    mail: {
      from: { name: 'Northwind account recovery', address: 'recovery@northwind.example' },
      providers: [smtp ?? { name: 'outbox', kind: 'outbox' }],
    },
    audit: {
      origin: 'northwind.example/rekey-demo',
      witnesses: [{ kind: 'file', folder: join(data, 'witness') }],
    },
    listen: {
      portal: { host: '127.0.0.1', port },
      console: { host: '127.0.0.1', port: shortcuts.consolePort ?? consolePort },
    },
    data,
    log: { level: shortcuts.logLevel ?? 'info' },
  }
}
