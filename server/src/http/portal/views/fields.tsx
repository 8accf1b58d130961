import type { ReactElement, ReactNode } from 'react'
import { nameCharactersMax, plainName } from '../../../core/messages/plain.ts'
import type { Words } from '../../../core/messages/translate.ts'
import { PostForm } from './layout.tsx'
import type { PageContext } from './props.ts'

/** What is wrong with a field: the element that says so, and the sentence where the field says it itself. */
export interface FieldProblem {
  id: string
  says?: string
}

/** Ties a field to what is said about it (WCAG 2.2, 3.3.1); readers announce both together. */
const tiedTo = (problem: FieldProblem | null) => ({
  'aria-invalid': problem !== null || undefined,
  'aria-describedby': problem?.id,
})

const Said = ({ problem }: { problem: FieldProblem | null }): ReactElement | null =>
  problem?.says === undefined ? null : (
    <p className="error" id={problem.id}>
      {problem.says}
    </p>
  )

/** Who somebody is: a user name, a mail address. What is wrong with a whole form is mended from here. */
export const IdentifierField = (props: {
  words: Words
  problem: FieldProblem | null
  /** What stood there when the form was sent. */
  typed?: string | undefined
}): ReactElement => (
  <div>
    <label htmlFor="identifier">{props.words.say('start.identifier')}</label>
    <input
      id="identifier"
      name="identifier"
      autoComplete="username"
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      dir="auto"
      required
      defaultValue={props.typed}
      autoFocus={props.problem !== null}
      {...tiedTo(props.problem)}
    />
    <Said problem={props.problem} />
  </div>
)

/** A password, with a button that shows what was typed. */
export function SecretField(props: {
  words: Words
  /** Of the form's field, and its id. */
  name: string
  label: string
  /** What a password manager puts in. */
  autoComplete: 'current-password' | 'new-password'
  problem: FieldProblem | null
  /** Always read out with the field, after what is wrong with it. */
  describedBy?: string
  /** True where the person is to go on here after a refusal. */
  takesFocus: boolean
  children?: ReactNode
}): ReactElement {
  const { words, name, problem } = props
  const described = [problem?.id, props.describedBy].filter((id) => id !== undefined).join(' ')
  return (
    <div>
      <label htmlFor={name}>{props.label}</label>
      <div className="secret">
        <input
          id={name}
          name={name}
          type="password"
          autoComplete={props.autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          dir="ltr"
          required
          autoFocus={problem !== null && props.takesFocus}
          {...tiedTo(problem)}
          aria-describedby={described === '' ? undefined : described}
        />
        <Reveal words={words} field={name} />
      </div>
      <Said problem={problem} />
      {props.children}
    </div>
  )
}

/** Shows what was typed; the script brings it to light. */
const Reveal = ({ words, field }: { words: Words; field: string }): ReactElement => (
  <button
    type="button"
    className="quiet reveal"
    aria-label={words.say('password.show-label')}
    aria-pressed={false}
    data-reveals={field}
    data-show={words.say('password.show')}
    data-hide={words.say('password.hide')}
    hidden
  >
    {words.say('password.show')}
  </button>
)

/** A code that is typed. It stands alone in its form, and is mended from here. */
export const CodeField = (props: {
  label: string
  hint?: string
  problem: FieldProblem | null
  /** Letters too, and more of them. */
  long?: boolean
  /** The script groups eight digits while they are typed. */
  groups?: boolean
}): ReactElement => {
  const { hint, problem, long = false } = props
  const described = [problem?.id, hint === undefined ? undefined : 'code-hint'].filter(
    (id) => id !== undefined,
  )
  return (
    <div>
      <label htmlFor="code">{props.label}</label>
      <input
        className={long ? 'code long' : 'code'}
        id="code"
        name="code"
        inputMode={long ? undefined : 'numeric'}
        autoComplete={long ? 'off' : 'one-time-code'}
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        dir="ltr"
        required
        data-digits={props.groups}
        autoFocus={problem !== null}
        aria-invalid={problem !== null || undefined}
        aria-describedby={described.length === 0 ? undefined : described.join(' ')}
      />
      <Said problem={problem} />
      {hint !== undefined && (
        <p className="hint" id="code-hint">
          {hint}
        </p>
      )}
    </div>
  )
}

/** What its owner calls something. Nobody else reads it. */
export const NameField = ({
  words,
  label,
  hint,
  value,
}: {
  words: Words
  label: 'set-up.name' | 'method.name'
  hint?: string
  value: string
}): ReactElement => (
  <div>
    <label htmlFor="name">{words.say(label)}</label>
    <input
      id="name"
      name="name"
      defaultValue={plainName(value)}
      maxLength={nameCharactersMax}
      autoComplete="off"
      dir="auto"
      aria-describedby={hint === undefined ? undefined : 'name-hint'}
    />
    {hint !== undefined && (
      <p className="hint" id="name-hint">
        {hint}
      </p>
    )}
  </div>
)

/** The code that stands in a mail beside its link: sixteen letters and digits, for a fixed page. */
export const MailedCodeForm = (props: {
  page: PageContext
  to: string
  label: string
  problem: FieldProblem | null
  submit: string
  /** Told to those whose browser can't take the link. */
  withoutScript: string
}): ReactElement => (
  <>
    <PostForm page={props.page} to={props.to}>
      <div>
        <label htmlFor="code">{props.label}</label>
        <input
          className="code long"
          id="code"
          name="code"
          autoComplete="one-time-code"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          dir="ltr"
          required
          autoFocus={props.problem !== null}
          {...tiedTo(props.problem)}
        />
        <Said problem={props.problem} />
      </div>
      <button>{props.submit}</button>
    </PostForm>
    <noscript>
      <p className="soft">{props.withoutScript}</p>
    </noscript>
  </>
)
