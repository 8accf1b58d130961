import type { CSSProperties, ReactElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { type BrandPair, brandPairs, surfaces } from '../../../core/messages/brand.ts'
import type { MailBlock, MailDocument } from '../../../core/messages/mail-document.ts'

/**
 * The HTML part: one column of at most 600 px, styles on the elements because mail programs drop style sheets, and
 * one sheet on top for those that honour it: it turns the same mail dark. Nothing is fetched from anywhere.
 */
export function renderHtml(document: MailDocument, brandColor: string | null): string {
  const pairs = brandPairs(brandColor)
  return `<!doctype html>${renderToStaticMarkup(<Mail document={document} pairs={pairs} />)}`
}

type Direction = MailDocument['direction']
type Pairs = { light: BrandPair; dark: BrandPair }

const font =
  'system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,"Noto Sans Arabic","Hiragino Sans","Yu Gothic UI","Noto Sans JP",sans-serif'
const mono = 'ui-monospace,Menlo,Consolas,"Courier New",monospace'
const light = { ink: '#16211d', soft: '#52605a', line: '#d9e0dc', canvas: '#f3f5f2' }
const dark = { ink: '#e8eeea', soft: '#a3b1aa', line: '#2e3b36', canvas: '#0f1613' }

/** Class names carry the dark look only; everything light stands on the elements. */
const darkSheet = (brand: BrandPair) => `
@media (prefers-color-scheme: dark) {
  .canvas { background: ${dark.canvas} !important }
  .card { background: ${surfaces.dark} !important; border-color: ${brand.brand} ${dark.line} ${dark.line} !important }
  .ink { color: ${dark.ink} !important }
  .soft { color: ${dark.soft} !important }
  .line { border-color: ${dark.line} !important }
  .main { background: ${brand.brand} !important; border-color: ${brand.brand} !important; color: ${brand.ink} !important }
  .quiet { border-color: ${dark.soft} !important; color: ${brand.brand} !important }
  .link { color: ${brand.brand} !important }
}`

function Mail({ document, pairs }: { document: MailDocument; pairs: Pairs }): ReactElement {
  return (
    <html lang={document.language} dir={document.direction}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        {/* Otherwise phones turn codes and times into links of their own. */}
        <meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no" />
        <title>{document.subject}</title>
        <style>{darkSheet(pairs.dark)}</style>
      </head>
      <body className="canvas" style={{ margin: 0, padding: 0, background: light.canvas }}>
        <table
          className="canvas"
          dir={document.direction}
          role="presentation"
          width="100%"
          cellPadding={0}
          cellSpacing={0}
          style={{ background: light.canvas }}
        >
          <tbody>
            <tr>
              <td align="center" style={{ padding: '24px 12px' }}>
                <Card document={document} brand={pairs.light} />
              </td>
            </tr>
          </tbody>
        </table>
      </body>
    </html>
  )
}

function Card({ document, brand }: { document: MailDocument; brand: BrandPair }): ReactElement {
  const style: CSSProperties = {
    width: '100%',
    maxWidth: 600,
    background: surfaces.light,
    border: `1px solid ${light.line}`,
    borderTop: `4px solid ${brand.brand}`,
    borderRadius: 12,
  }
  return (
    <table className="card" role="presentation" width="600" cellPadding={0} cellSpacing={0} style={style}>
      <tbody>
        <tr>
          <td
            className="ink"
            dir={document.direction}
            style={{
              padding: '28px 28px 20px',
              font: `400 16px/1.5 ${font}`,
              color: light.ink,
              textAlign: 'start',
              overflowWrap: 'anywhere',
            }}
          >
            {document.blocks.map((block, position) => (
              // The order of blocks never changes after rendering, so their position is their identity.
              <Block key={position} block={block} brand={brand} direction={document.direction} />
            ))}
          </td>
        </tr>
      </tbody>
    </table>
  )
}

/** Codes and addresses run from left to right and still begin where the lines around them do. */
const startOf = (direction: Direction) => (direction === 'rtl' ? 'right' : 'left')

/** Two groups stand large; longer codes still fit one line of a phone. */
const codeSize = (code: string) => (code.length <= 9 ? 28 : 22)

const paragraph: CSSProperties = { margin: '0 0 14px' }

function Block(props: { block: MailBlock; brand: BrandPair; direction: Direction }): ReactElement {
  const { block, brand, direction } = props
  switch (block.kind) {
    case 'fact':
      return <h1 style={{ margin: '0 0 18px', font: `650 22px/1.3 ${font}` }}>{block.text}</h1>
    case 'text':
      return <p style={paragraph}>{block.text}</p>
    case 'rows':
      return <Rows rows={block.rows} direction={direction} />
    case 'button':
      return <Button block={block} brand={brand} direction={direction} />
    case 'code':
      return (
        <p
          dir="ltr"
          style={{
            margin: '0 0 16px',
            font: `600 ${codeSize(block.code)}px/1.3 ${mono}`,
            textAlign: startOf(direction),
          }}
        >
          {block.code}
        </p>
      )
    case 'rule':
      return (
        <hr className="line" style={{ border: 0, borderTop: `1px solid ${light.line}`, margin: '22px 0' }} />
      )
    case 'small':
      return <Small block={block} brand={brand} />
  }
}

function Rows(props: {
  rows: readonly { label: string; value: string }[]
  direction: Direction
}): ReactElement {
  const { rows, direction } = props
  const cell: CSSProperties = { padding: '5px 0', textAlign: 'start', verticalAlign: 'top' }
  return (
    <table
      dir={direction}
      cellPadding={0}
      cellSpacing={0}
      style={{ margin: '0 0 18px', font: `400 15px/1.4 ${font}` }}
    >
      <tbody>
        {rows.map(({ label, value }) => (
          <tr key={label}>
            <th
              className="soft"
              scope="row"
              style={{
                ...cell,
                // Some mail programs know no logical properties.
                [direction === 'rtl' ? 'paddingLeft' : 'paddingRight']: 20,
                fontWeight: 400,
                whiteSpace: 'nowrap',
                color: light.soft,
              }}
            >
              {label}
            </th>
            <td className="ink" style={{ ...cell, color: light.ink, overflowWrap: 'anywhere' }}>
              <bdi>{value}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Button(props: {
  block: MailBlock & { kind: 'button' }
  brand: BrandPair
  direction: Direction
}): ReactElement {
  const { block, brand, direction } = props
  const main = block.look === 'main'
  const style: CSSProperties = {
    display: 'block',
    padding: '13px 20px',
    border: `1.5px solid ${main ? brand.brand : light.soft}`,
    borderRadius: 10,
    background: main ? brand.brand : 'transparent',
    color: main ? brand.ink : brand.brand,
    font: `600 16px/1.4 ${font}`,
    textAlign: 'center',
    textDecoration: 'none',
  }
  return (
    <div style={{ margin: '0 0 16px' }}>
      <a className={block.look} href={block.url} style={style}>
        {block.label}
      </a>
      <p
        className="soft"
        dir="ltr"
        style={{
          margin: '8px 0 0',
          font: `400 13px/1.4 ${font}`,
          color: light.soft,
          textAlign: startOf(direction),
          wordBreak: 'break-all',
        }}
      >
        {block.url}
      </p>
    </div>
  )
}

function Small({ block, brand }: { block: MailBlock & { kind: 'small' }; brand: BrandPair }): ReactElement {
  return (
    <p className="soft" style={{ margin: '0 0 8px', font: `400 14px/1.4 ${font}`, color: light.soft }}>
      {block.link === null ? (
        block.text
      ) : (
        <a className="link" href={block.link} style={{ color: brand.brand }}>
          {block.text}
        </a>
      )}
    </p>
  )
}
