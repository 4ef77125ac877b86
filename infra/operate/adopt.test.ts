/** Tests of the template with which data is imported. */
import { expect, test } from 'vitest'
import { createImportTemplate, restoreText } from './adopt.ts'

/** As CloudFormation's GetTemplate returns a template: characters beyond ASCII are question marks. */
const returned = <T>(template: T): T => JSON.parse(JSON.stringify(template).replaceAll(/[^\0-\x7f]/gu, '?'))

test('an import leaves the text of all other resources as it is deployed', () => {
  const deployed = {
    Outputs: { Options: { Value: '{"shopName":"Bücher 📚"}' } },
    Resources: {
      Cart: {
        Type: 'AWS::Lambda::Function',
        Properties: { Names: ['Café', 'what?'], Environment: { X: 'ü' } },
      },
    },
  }
  const table = { Type: 'AWS::DynamoDB::GlobalTable', Properties: { TableName: 'cloudshelf-books' } }
  const next = { ...deployed, Resources: { ...deployed.Resources, Books: table } }
  const imports = [{ logicalId: 'Books', type: table.Type, identifier: { TableName: 'cloudshelf-books' } }]
  const found = { tables: new Map(), buckets: [], pools: [] }
  const template = createImportTemplate(returned(deployed), next, imports, 'eu-central-1', found as never)
  expect(template).toMatchObject(deployed)
  expect(template.Resources?.Books).toMatchObject({ Type: table.Type, DeletionPolicy: 'Retain' })
  // What the next release words otherwise stays as it came.
  expect(restoreText(returned({ a: 'ü' }), { a: 'other' })).toEqual({ a: '?' })
})
