/**
 * Schema of search: `search.books` has the document of each book that the public sees, `search.terms` the dictionary of its words, and
 * `search.pairs` the letter pairs by which misspelled words are found. Words are folded by the shop and never by PostgreSQL. No
 * extension is needed.
 */

/** Values of one book, with their types; `hidden` is up to other books of the same ISBN. */
export const DOCUMENT_COLUMNS = {
  book_id: 'text',
  category: 'text',
  // Text of JSON, because they are returned as they are, often many at once.
  row: 'json',
  fields: 'json',
  words: 'tsvector',
  about: 'tsvector',
  isbn13: 'text',
  price: 'bigint',
  availability: 'smallint',
  popularity: 'real',
  rating: 'double precision',
  ratings: 'int',
  language: 'text',
  year: 'int',
  decade: 'text',
  created: 'bigint',
  title_key: 'text',
  authors: 'text[]',
  author_keys: 'text[]',
} as const

/** As AVAILABILITIES of the catalogue: sold-out books come last by relevance. */
const RELEVANCE = '(availability = 2), (-popularity), book_id'

export const SEARCH_TABLES = [
  'create schema search',
  `create table search.books (source_key bytea primary key, source_hash bytea not null, version int not null,
    written text not null, hidden boolean not null default false, book_id text collate "C" not null, category text not null,
    row json not null, fields json not null, words tsvector not null, about tsvector not null, isbn13 text collate "C",
    price bigint not null, availability smallint not null, popularity real not null, rating double precision not null,
    ratings int not null, language text, year int, decade text, created bigint not null, title_key text collate "C" not null,
    authors text[] not null, author_keys text[] not null) with (fillfactor = 85)`,
  // Without a list of pending entries, which every search would have to read.
  'create index on search.books using gin (words) with (fastupdate = off)',
  'create index on search.books using gin (about) with (fastupdate = off)',
  'create index on search.books using gin (author_keys) with (fastupdate = off)',
  'create index on search.books (isbn13) where isbn13 is not null',
  'create index on search.books (book_id)',
  'create index on search.books (category)',
  `create index on search.books (${RELEVANCE})`,
  'create index on search.books (price, book_id)',
  'create index on search.books ((-price), book_id)',
  'create index on search.books ((-created), (-coalesce(year, -9999)), book_id)',
  'create index on search.books ((-rating), (-ratings), book_id)',
  'create index on search.books (title_key, book_id)',
  // The empty term is in every book: its count is that of all.
  'create table search.terms (term text collate "C" primary key, books int not null, sound text not null) with (fillfactor = 70)',
  'create index on search.terms (sound)',
  `create table search.pairs (pair smallint, length smallint, term text collate "C", n smallint not null,
    primary key (pair, length, term) include (n))`,
]
