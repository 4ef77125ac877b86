/** Settings of a shop as files of an archive: what systemd and `node --env-file` read as an environment file, and its legal texts. */
import type { Entry } from './format.ts'

/** A variable with its text, as in composition/environment.ts. */
type SetVariable = { readonly name: string; readonly text: string; readonly secret: boolean }

const quoted = (text: string): string => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`

const environmentFile = (variables: readonly SetVariable[]): Uint8Array =>
  Buffer.from(variables.map(({ name, text }) => `${name}=${quoted(text)}\n`).join(''))

/** The settings and the secrets of a shop. `secret` is the one in its data folder, `texts` are its legal texts. */
export const settingFiles = (
  variables: readonly SetVariable[],
  {
    secret,
    terms,
    privacy,
  }: {
    readonly secret?: string | undefined
    readonly terms?: string | undefined
    readonly privacy?: string | undefined
  },
): { readonly settings: readonly Entry[]; readonly secrets: readonly Entry[] } => {
  const text = (name: string, content: string | undefined): Entry[] =>
    content === undefined ? [] : [{ name, bytes: Buffer.from(content) }]
  const secrets = variables.filter(one => one.secret)
  return {
    settings: [
      { name: 'settings/shop.env', bytes: environmentFile(variables.filter(one => !one.secret)) },
      ...text('settings/terms.md', terms),
      ...text('settings/privacy.md', privacy),
    ],
    secrets: [
      ...(secrets.length > 0 ? [{ name: 'secrets/shop.env', bytes: environmentFile(secrets) }] : []),
      ...text('secrets/secret', secret),
    ],
  }
}
