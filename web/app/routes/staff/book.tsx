/** Staff page of a book: price, stock adjustment and cover. */
import { Form } from 'react-router'
import { changeBook, getStaffBook, putCover } from '#src/catalog/staff-api.ts'
import { bookPath } from '#src/core/book-path.ts'
import { Cover } from '../../components/cover.tsx'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, fieldProps, SuccessNotice } from '../../components/form-notices.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { requireStaff } from '../../loading/require-staff.server.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { staff } from '../../texts/staff.ts'
import type { Route } from './+types/book'

export const loader = async ({ context, params, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  await requireStaff(ctx, url)
  return { book: await ctx.readPrivate(getStaffBook, { params: { book_id: params.bookId } }) }
}

/** NaN for text that is not a number, which the API rejects with the name of the field. */
const parseNumber = (text: string): number => (text === '' ? Number.NaN : Number(text))

export const action = ({ context, params, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: ['price', 'stock_delta'] }, async ({ call, text, form }) => {
    const at = { params: { book_id: params.bookId } }
    const intent = text('intent')
    if (intent === 'cover') {
      const file = form.get('cover')
      if (!(file instanceof File) || file.size === 0) return { done: undefined, noFile: true }
      await call(putCover, { ...at, body: new Uint8Array(await file.arrayBuffer()) })
    } else {
      const number = parseNumber(text(intent === 'price' ? 'price' : 'stock_delta'))
      await call(changeBook, {
        ...at,
        headers: {},
        body: intent === 'price' ? { price: number } : { stock_delta: number },
      })
    }
    return { done: staff.saved, noFile: false }
  })

export const meta: Route.MetaFunction = ({ loaderData, matches }) =>
  pageMeta(matches, { title: loaderData?.book.title ?? staff.title })

export default function StaffBook({ loaderData: { book }, actionData }: Route.ComponentProps) {
  const error = actionData?.error
  const field = fieldProps(error, { price: String(book.price) })
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
          <TextField {...field('price')} label={staff.price} autoComplete="off" inputMode="decimal" />
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
