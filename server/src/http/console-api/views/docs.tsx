import type { ReactElement } from 'react'
import type { ApiDescription, ApiField, ApiOperation, ApiRefusal } from '../api-document.ts'
import { type Frame, renderPage, Top } from './layout.tsx'

/** The API to read: without script, in both looks, on any screen. Programs take `/openapi.json`. */
export function docsPage(frame: Frame, api: ApiDescription): string {
  return renderPage({
    frame,
    title: api.title,
    place: 'docs',
    children: (
      <>
        <Top
          title={api.title}
          lead={`Version ${api.version}. Addresses are below ${frame.portalUrl}; those of the admin API are here, on the console listener.`}
          actions={
            <a className="button" href="/openapi.json">
              OpenAPI document
            </a>
          }
        />
        <nav className="panel contents" aria-label="Operations">
          <ul>
            {api.operations.map((operation) => (
              <li key={idOf(operation)}>
                <a href={`#${idOf(operation)}`}>
                  <code>
                    {operation.method} {operation.path}
                  </code>
                </a>
                {operation.summary !== '' && <span className="soft"> {operation.summary}</span>}
              </li>
            ))}
          </ul>
        </nav>
        {api.operations.map((operation) => (
          <Operation key={idOf(operation)} operation={operation} firstWith={firstWith(api.operations)} />
        ))}
        {api.problem.length > 0 && (
          <section className="panel" aria-labelledby="problems">
            <h2 id="problems">Problem documents</h2>
            <p className="soft">
              Every answer from 400 on is one of these, as application/problem+json (RFC 9457).
            </p>
            <FieldTable label="Problem document" fields={api.problem} />
            <p className="soft">Every operation may also answer:</p>
            <Refusals refusals={api.everywhere} />
          </section>
        )}
      </>
    ),
  })
}

const idOf = ({ method, path }: ApiOperation) =>
  `${method.toLowerCase()}${path.replaceAll(/[^a-z0-9]+/gi, '-')}`

/** Where the fields of an answer are listed: most operations answer with the same resource. */
const firstWith =
  (operations: readonly ApiOperation[]) =>
  (fields: readonly ApiField[]): ApiOperation | undefined => {
    const wanted = JSON.stringify(fields)
    return operations.find(({ answers }) =>
      answers.some((answer) => JSON.stringify(answer.fields) === wanted),
    )
  }

function Operation(props: {
  operation: ApiOperation
  firstWith: (fields: readonly ApiField[]) => ApiOperation | undefined
}): ReactElement {
  const { operation } = props
  const id = idOf(operation)
  return (
    <section className="panel" aria-labelledby={id}>
      <h2 id={id}>
        <code>
          {operation.method} {operation.path}
        </code>
      </h2>
      {operation.summary !== '' && <p>{operation.summary}</p>}
      {operation.description !== '' && <p className="soft">{operation.description}</p>}
      <Fields title="Parameters" fields={operation.parameters} />
      <Fields title="Body" fields={operation.body} />
      {operation.answers.map(({ status, description, fields }) => (
        <div key={status}>
          <h3>
            Answer <code>{status}</code>
          </h3>
          {description !== '' && <p className="soft">{description}</p>}
          <Answer
            label={`Answer ${status}`}
            fields={fields}
            operation={operation}
            first={props.firstWith(fields)}
          />
        </div>
      ))}
      <Refusals refusals={operation.refusals} />
    </section>
  )
}

function Answer(props: {
  label: string
  fields: readonly ApiField[]
  operation: ApiOperation
  first: ApiOperation | undefined
}): ReactElement | null {
  const { label, fields, operation, first = operation } = props
  if (first === operation || fields.length === 0) return <FieldTable label={label} fields={fields} />
  return (
    <p className="soft">
      The fields of <a href={`#${idOf(first)}`}>{`${first.method} ${first.path}`}</a>.
    </p>
  )
}

const Refusals = ({ refusals }: { refusals: readonly ApiRefusal[] }): ReactElement | null =>
  refusals.length === 0 ? null : (
    <dl className="fields" aria-label="Refusals">
      {refusals.map(({ status, description }) => (
        <div key={status}>
          <dt>
            <code>{status}</code>
          </dt>
          <dd>{description.replaceAll('`', '')}</dd>
        </div>
      ))}
    </dl>
  )

const Fields = ({ title, fields }: { title: string; fields: readonly ApiField[] }): ReactElement | null =>
  fields.length === 0 ? null : (
    <div>
      <h3>{title}</h3>
      <FieldTable label={title} fields={fields} />
    </div>
  )

function FieldTable(props: { label: string; fields: readonly ApiField[] }): ReactElement | null {
  if (props.fields.length === 0) return null
  return (
    <dl className="fields" aria-label={props.label}>
      {props.fields.map(({ name, type, required, description }) => (
        <div key={name}>
          <dt>
            <code>{name}</code>
          </dt>
          <dd>
            <code className="soft">{type}</code>
            {!required && <small> optional</small>}
            {description !== '' && <p>{description}</p>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
