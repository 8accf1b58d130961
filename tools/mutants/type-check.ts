import { join } from 'node:path'
import ts from 'typescript'
import { root, type TreeFile } from '../tree.ts'

/** Says what the compiler has against a file if it had this text; in words, one sentence each. */
export type TypeCheck = (changed: readonly TreeFile[]) => string[]

/**
 * A defect that does not compile is noticed by the compiler and says nothing about the tests. The files are read
 * once; what is left unused by a mutant is not counted against it.
 */
export function makeTypeCheck(paths: readonly string[]): TypeCheck {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root)
  const changed = new Map<string, { version: number; text: string | null }>()
  const names = [...new Set(paths)].map((path) => join(root, path))
  const textOf = (name: string) => changed.get(name)?.text ?? ts.sys.readFile(name)
  const service = ts.createLanguageService({
    getCompilationSettings: () => ({
      ...options,
      noUnusedLocals: false,
      noUnusedParameters: false,
      incremental: false,
    }),
    getScriptFileNames: () => names,
    getScriptVersion: (name) => String(changed.get(name)?.version ?? 0),
    getScriptSnapshot: (name) => {
      const text = textOf(name)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (of) => ts.getDefaultLibFilePath(of),
    fileExists: (name) => ts.sys.fileExists(name),
    readFile: textOf,
    readDirectory: (...asked) => ts.sys.readDirectory(...asked),
    directoryExists: (name) => ts.sys.directoryExists(name),
    getDirectories: (name) => ts.sys.getDirectories(name),
  })
  const put = (path: string, text: string | null) => {
    const name = join(root, path)
    changed.set(name, { version: (changed.get(name)?.version ?? 0) + 1, text })
  }
  return (files) => {
    for (const { path, text } of files) put(path, text)
    try {
      return files.flatMap(({ path }) =>
        [
          ...service.getSyntacticDiagnostics(join(root, path)),
          ...service.getSemanticDiagnostics(join(root, path)),
        ].map(({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
      )
    } finally {
      for (const { path } of files) put(path, null)
    }
  }
}
