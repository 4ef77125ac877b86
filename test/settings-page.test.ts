/** docs/settings.md, made from the data of src/composition/environment.ts. `npx vitest run test/settings-page -u` writes it. */
import { expect, test } from 'vitest'
import { VARIABLES_BY_SUBJECT, type Variable } from '#src/composition/environment.ts'

const code = (text: string): string => `\`${text}\``

const valueText = ({ expected, example }: Variable): string =>
  example === undefined ? expected : `${expected}, for example ${code(example)}`

const defaultText = ({ default: value, unset }: Variable): string =>
  value === undefined ? (unset ?? 'not set') : code(value)

const row = ([name, variable]: [string, Variable]): string =>
  `| ${code(name)} | ${variable.meaning} | ${valueText(variable)} | ${defaultText(variable)} |`

const table = ([subject, variables]: [string, Readonly<Record<string, Variable>>]): string =>
  [
    `## ${subject}`,
    '',
    '| variable | meaning | value | default |',
    '| --- | --- | --- | --- |',
    ...Object.entries(variables).map(row),
  ].join('\n')

const page =
  (): string => `<!-- Generated from src/composition/environment.ts by \`npx vitest run test/settings-page -u\`. -->
# Settings

The shop and the \`cloudshelf\` command read environment variables. All of them are optional, and an empty one counts as not set.
A value that cannot be used stops the start with one line that says what the variable must be.

\`\`\`bash
PORT=8080 CURRENCY=EUR TAX_RATE=0.07 npm start
\`\`\`

${Object.entries(VARIABLES_BY_SUBJECT).map(table).join('\n\n')}

## Read by libraries

| variable | meaning |
| --- | --- |
| \`AWS_PROFILE\`, \`AWS_CONFIG_FILE\`, … | Where AWS credentials are found when \`AWS_ACCESS_KEY_ID\` is not set ([AWS documentation](https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html)) |
| \`POWERTOOLS_METRICS_DISABLED\` | \`true\`: no metrics are written |
`

test('docs/settings.md says what src/composition/environment.ts says', async () => {
  await expect(page()).toMatchFileSnapshot('../docs/settings.md')
})
