import { type Kysely, sql } from 'kysely'
import type { PlaceHistory } from '../../../core/risk/ports.ts'

/** Who is seen at more places than this is known well enough by the newest of them. */
const placesMax = 20

/**
 * Places of accounts, for scoring and nothing else. A row says that somebody was in a region and at a provider, and when they
 * last were; not how often, and not at which address.
 */
export const makePlaceHistory = <Tables>(database: Kysely<Tables>): PlaceHistory => ({
  async placesOf(tenant, subject) {
    const { rows } = await sql<Row>`
      select country, asn, latitude, longitude, last_at as "at" from risk_place
      where tenant = ${tenant} and subject = ${subject}
      order by last_at desc limit ${placesMax}`.execute(database)
    return rows.map(({ country, asn, latitude, longitude, at }) => ({
      country,
      asn,
      point: latitude === null || longitude === null ? null : { latitude, longitude },
      at,
    }))
  },

  async remember(tenant, subject, { country, asn, point, at }) {
    const place = sql`${tenant}, ${subject}, ${country}, ${asn}, ${point?.latitude ?? null}, ${point?.longitude ?? null}`
    await sql`
      insert into risk_place as known (tenant, subject, country, asn, latitude, longitude, last_at)
      values (${place}, ${at})
      on conflict (tenant, subject, country, asn, latitude, longitude)
      do update set last_at = greatest(known.last_at, excluded.last_at)`.execute(database)
    await sql`
      delete from risk_place where ctid in (
        select ctid from risk_place where tenant = ${tenant} and subject = ${subject}
        order by last_at desc offset ${placesMax}
      ) and tenant = ${tenant} and subject = ${subject}`.execute(database)
  },

  async forget(before) {
    const { numAffectedRows = 0n } = await sql`
      delete from risk_place where last_at < ${before}`.execute(database)
    return Number(numAffectedRows)
  },
})

interface Row {
  country: string | null
  asn: number | null
  latitude: number | null
  longitude: number | null
  at: Date
}
