/** Staff page of a book: price, stock adjustment and cover. */
import { Form } from 'react-router'
import { readPriceCell } from '#src/catalog/import/feed/price-cell.ts'
import { changeBook, getStaffBook, putCover } from '#src/catalog/staff-api.ts'
import { bookPath } from '#src/core/book-path.ts'
import { type Currency, storedCurrency } from '#src/core/currency.ts'
import { examplePrice, fromDecimal, toDecimal, toDecimalText } from '#src/core/money.ts'
import { Cover } from '../../components/cover.tsx'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, fieldProps, SuccessNotice } from '../../components/form-notices.tsx'
import { QuietNotice } from '../../components/quiet-notice.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { requireStaff } from '../../loading/require-staff.server.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { staff } from '../../texts/staff.ts'
import type { Route } from './+types/book'

export const loader = async ({ context, params, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  const { isQuiet } = await requireStaff(ctx, url)
  const book = await ctx.readPrivate(getStaffBook, { params: { book_id: params.bookId } })
  const currency = storedCurrency(ctx.currency)
  const price = toDecimalText(fromDecimal(book.price, currency), currency)
  return { isQuiet, book, price, example: examplePrice(currency) }
}

/**
 * A price as people write it: 12.50, 12,50 or $12.50. NaN for any other text, which the API refuses by the
 * field's name.
 */
const parsePrice = (text: string, currency: Currency): number => {
  const price = readPriceCell(text, false, currency)
  return price && 'value' in price ? toDecimal(price.value, currency) : Number.NaN
}

/** NaN for text that is not a whole number in decimal digits. */
const parseDelta = (text: string): number => (/^[+-]?\d{1,7}$/.test(text) ? Number(text) : Number.NaN)

export const action = ({ context, params, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: ['price', 'stock_delta'] },
    async ({ ctx, call, text, form }) => {
      const at = { params: { book_id: params.bookId } }
      const intent = text('intent')
      if (intent === 'cover') {
        const file = form.get('cover')
        if (!(file instanceof File) || file.size === 0) return { done: undefined, noFile: true }
        await call(putCover, { ...at, body: new Uint8Array(await file.arrayBuffer()) })
      } else {
        const currency = storedCurrency(ctx.currency)
        await call(changeBook, {
          ...at,
          headers: {},
          body:
            intent === 'price'
              ? { price: parsePrice(text('price'), currency) }
              : { stock_delta: parseDelta(text('stock_delta')) },
        })
      }
      return { done: staff.saved, noFile: false }
    },
  )

export const meta: Route.MetaFunction = ({ loaderData, matches }) =>
  pageMeta(matches, { title: loaderData?.book.title ?? staff.title })

export default function StaffBook({ loaderData, actionData }: Route.ComponentProps) {
  const { isQuiet, book, price, example } = loaderData
  const error = actionData?.error
  const field = fieldProps(error, { price })
  const isDone = actionData && 'done' in actionData && actionData.done !== undefined
  const noFile = actionData && 'noFile' in actionData && actionData.noFile === true
  return (
    <div className="max-w-3xl py-8">
      <p className="text-sm">
        <a href="/staff" className="link inline-flex min-h-6 items-center">
          {staff.backToDashboard}
        </a>
      </p>
      <h1 className="page-title mt-2">{book.title}</h1>
      <QuietNotice isQuiet={isQuiet} />
      <p className="text-lg text-soft">
        {book.author}, {book.book_id}
        {book.isbn && `, ISBN ${book.isbn}`}
        {book.status === 'retired' && `, ${staff.retired}`}
      </p>
      <p className="mb-6">
        <a href={bookPath(book)} className="link inline-flex min-h-6 items-center">
          {staff.viewBook}
        </a>
      </p>
      <SuccessNotice text={isDone ? actionData.done : undefined} />
      <FormErrorSummary error={error} />
      <div className="grid gap-10 sm:grid-cols-2">
        <Form key={`price ${book.price}`} method="post" noValidate>
          <h2 className="section-title">{staff.price}</h2>
          <TextField
            {...field('price')}
            label={staff.price}
            hint={staff.priceHint(example)}
            autoComplete="off"
            inputMode="decimal"
          />
          <SubmitButton text={staff.updatePrice} intent="price" />
        </Form>
        <Form key={`stock ${book.stock_quantity}`} method="post" noValidate>
          <h2 className="section-title">{staff.stock}</h2>
          <TextField
            {...field('stock_delta')}
            label={staff.adjustStock}
            hint={staff.stockHint(book.stock_quantity)}
            autoComplete="off"
          />
          <SubmitButton text={staff.updateStock} intent="stock" />
        </Form>
        <Form method="post" encType="multipart/form-data" noValidate>
          <h2 className="section-title">{staff.cover}</h2>
          <div className="mb-4 w-32">
            <Cover book={book} sizes="8rem" />
          </div>
          <label htmlFor="cover" className="label">
            {staff.cover}
          </label>
          <input
            id="cover"
            name="cover"
            type="file"
            accept="image/jpeg,image/png,image/webp,image/avif"
            aria-describedby="cover-hint"
            className="field file-field"
          />
          <p id="cover-hint" className="mt-1 mb-4 text-soft text-sm">
            {staff.coverHint}
          </p>
          {noFile && (
            <p role="alert" className="mb-4 text-bad text-sm">
              {staff.noCover}
            </p>
          )}
          <SubmitButton text={staff.uploadCover} intent="cover" />
        </Form>
      </div>
    </div>
  )
}
