import { type Kysely, sql } from 'kysely'

/** Where accounts were proven to be their owners': country, provider and a point of half degrees, each place once. */
export const riskPlaceMigration = {
  name: 'risk-place',
  async up(database: Kysely<unknown>): Promise<void> {
    await sql`
      create table risk_place (
        tenant text not null,
        subject text not null,
        country text,
        asn bigint,
        latitude double precision,
        longitude double precision,
        last_at timestamptz not null,
        unique nulls not distinct (tenant, subject, country, asn, latitude, longitude)
      )`.execute(database)
    await sql`create index risk_place_last_at on risk_place (last_at)`.execute(database)
  },
}
