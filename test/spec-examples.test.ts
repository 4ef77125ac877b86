/** The specification's examples, run with the AWS CLI and boto3 against a running shop. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, type TestContext, test } from 'vitest'
import { aBook, temporaryFolder } from './kit.ts'
import { type ShopProcess, startShopProcess } from './shop-process.ts'

const run = promisify(execFile)
const required = process.env.CLOUDSHELF_REQUIRE_AWS_CLIENTS === '1'

const awsEnvironment = {
  AWS_ACCESS_KEY_ID: 'example',
  AWS_SECRET_ACCESS_KEY: 'example',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_PAGER: '',
}
const environment = () => ({ PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...awsEnvironment })

/** The first command that works, or undefined. */
const firstThatWorks = async (
  commands: readonly string[],
  ...check: string[]
): Promise<string | undefined> => {
  for (const command of commands)
    if (
      await run(command, check, { env: environment() }).then(
        () => true,
        () => false,
      )
    )
      return command
  return undefined
}

/** Skips the test with a reason, or fails if the clients are required. */
const needs = (found: string | undefined, what: string, context: TestContext): string => {
  if (found !== undefined) return found
  if (required) throw new Error(`${what} is missing`)
  console.log(`skipped: ${context.task.name}: ${what} is not installed`)
  return context.skip(`${what} is not installed`)
}

const user = {
  user_id: { S: 'user-12345' },
  email: { S: 'customer@example.com' },
  first_name: { S: 'John' },
  last_name: { S: 'Doe' },
  phone: { S: '+1-555-0123' },
  created_at: { S: '2025-09-05T10:00:00Z' },
  account_status: { S: 'active' },
}

let shop: ShopProcess
let aws: string | undefined
let python: string | undefined

beforeAll(async () => {
  shop = await startShopProcess(temporaryFolder())
  aws = await firstThatWorks(['/usr/bin/aws', 'aws'], '--version')
  python = await firstThatWorks(['/usr/bin/python3', 'python3'], '-c', 'import boto3')
}, 60_000)

describe('the AWS command line', () => {
  const dynamodb = async (command: string, ...args: string[]) => {
    const all = ['dynamodb', ...args, '--endpoint-url', shop.dynamodb, '--output', 'json']
    const { stdout } = await run(command, all, { env: environment() })
    return stdout ? JSON.parse(stdout) : {}
  }

  test('gets the books of a category', async context => {
    const command = needs(aws, 'the AWS command line', context)
    const { Items, Count } = await dynamodb(
      command,
      ...['query', '--table-name', 'cloudshelf-books'],
      ...['--key-condition-expression', 'category = :category'],
      ...['--expression-attribute-values', '{":category":{"S":"Technology"}}'],
    )
    expect(Count).toBeGreaterThanOrEqual(10)
    expect(Items.find((item: { book_id: { S: string } }) => item.book_id.S === 'tech-001')).toEqual({
      category: { S: 'Technology' },
      book_id: { S: 'tech-001' },
      title: { S: 'Clean Code' },
      author: { S: 'Robert C. Martin' },
      isbn: { S: '9780132350884' },
      price: { N: '42.99' },
      stock_quantity: { N: '25' },
      description: { S: 'A handbook of agile software craftsmanship' },
      image_url: { S: 'https://cloudshelf-images.s3.amazonaws.com/clean-code.jpg' },
      created_at: { S: '2025-09-05T10:00:00Z' },
      updated_at: { S: '2025-09-05T10:00:00Z' },
    })
  })

  test('finds a user by email', async context => {
    const command = needs(aws, 'the AWS command line', context)
    await dynamodb(command, 'put-item', '--table-name', 'cloudshelf-users', '--item', JSON.stringify(user))
    const { Items } = await dynamodb(
      command,
      ...['query', '--table-name', 'cloudshelf-users', '--index-name', 'EmailIndex'],
      ...['--key-condition-expression', 'email = :email'],
      ...['--expression-attribute-values', '{":email":{"S":"customer@example.com"}}'],
    )
    expect(Items).toEqual([user])
  })

  test('gets a user’s orders', async context => {
    const command = needs(aws, 'the AWS command line', context)
    const order = {
      user_id: { S: 'user-12345' },
      order_id: { S: 'order-2025-09-05-001' },
      order_date: { S: '2025-09-05' },
      total: { N: '52.42' },
    }
    await dynamodb(command, 'put-item', '--table-name', 'cloudshelf-orders', '--item', JSON.stringify(order))
    const { Items } = await dynamodb(
      command,
      ...['query', '--table-name', 'cloudshelf-orders'],
      ...['--key-condition-expression', 'user_id = :user_id'],
      ...['--expression-attribute-values', '{":user_id":{"S":"user-12345"}}'],
    )
    expect(Items).toEqual([order])
  })
})

/** The four access functions of "Lambda Integration Patterns", called in turn; prints their results. */
const PYTHON = `
import boto3, json, sys, uuid
from datetime import datetime
from decimal import Decimal
from boto3.dynamodb.conditions import Key

dynamodb = boto3.resource('dynamodb', endpoint_url=sys.argv[1])
books, carts, orders = (dynamodb.Table('cloudshelf-' + name) for name in ('books', 'carts', 'orders'))

def get_books_by_category(category):
    return books.query(KeyConditionExpression=Key('category').eq(category))['Items']

def search_books_by_title(title):
    return books.query(IndexName='TitleSearchIndex', KeyConditionExpression=Key('title').eq(title))['Items']

def get_user_cart(user_id):
    items = carts.query(KeyConditionExpression=Key('user_id').eq(user_id), ScanIndexForward=False, Limit=1)['Items']
    return items[0] if items else None

def create_order(user_id, cart_items, total_amount):
    now = datetime.now()
    item = {
        'user_id': user_id,
        'order_id': 'order-' + now.strftime('%Y-%m-%d') + '-' + str(uuid.uuid4())[:8],
        'order_date': now.strftime('%Y-%m-%d'),
        'items': cart_items,
        'total': total_amount,
        'status': 'confirmed',
        'created_at': now.isoformat(),
        'updated_at': now.isoformat(),
    }
    orders.put_item(Item=item)
    return item

cart = get_user_cart(sys.argv[2])
print(json.dumps({
    'category': get_books_by_category('Technology'),
    'title': search_books_by_title('Clean Code'),
    'cart': cart,
    'none': get_user_cart('user-nobody'),
    'order': create_order(sys.argv[2], cart['items'], cart['total_amount']),
}, default=lambda value: float(value) if isinstance(value, Decimal) else str(value)))
`

test('the four Python access functions return the right items, and the shop shows the order they created', async context => {
  const command = needs(python, 'boto3', context)
  const added = await fetch(`${shop.url}/api/cart/items`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ book_id: 'tech-001', quantity: 2 }),
  })
  const cookie = String(added.headers.get('set-cookie')).split(';')[0] ?? ''
  const { guestUserId } = await import('#src/core/ids.ts')
  const userId = guestUserId(cookie.split('=')[1] ?? '')

  const { stdout } = await run(command, ['-c', PYTHON, shop.dynamodb, userId], { env: environment() })
  const found = JSON.parse(stdout)
  const { title, author, book_id } = aBook()
  expect(found.category.length).toBeGreaterThanOrEqual(10)
  expect(found.title).toMatchObject([{ title, author, book_id, price: 42.99 }])
  expect(found.none).toBeNull()
  expect(found.cart).toMatchObject({
    user_id: userId,
    total_amount: 85.98,
    item_count: 2,
    items: [{ book_id, category: 'Technology', title, price: 42.99, quantity: 2 }],
  })
  expect(found.cart.expires_at).toBeGreaterThan(Date.now() / 1000 + 6 * 86_400)
  expect(found.cart.expires_at).toBeLessThan(Date.now() / 1000 + 8 * 86_400)

  const mine = await fetch(`${shop.url}/api/orders`, { headers: { cookie } }).then(answer => answer.json())
  expect(mine.items).toMatchObject([{ order_id: found.order.order_id, total: 85.98, status: 'confirmed' }])
})
