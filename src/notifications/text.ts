/** Plain-text form of a mail, 60 columns wide. */
import { letterhead, type ShopProfile } from '../core/shop-profile.ts'
import { type Block, type MailContent, oneLine } from './mail-content.ts'

const WIDTH = 60

const wrap = (text: string, indent = ''): string => {
  const lines: string[] = []
  let line = ''
  for (const word of oneLine(text).split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(indent + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, indent + line].join('\n')
}

/** The label with the amount at the right edge, or below it where the label is too long. */
const amountLine = (label: string, amount: string): string => {
  const [left, right] = [oneLine(label), oneLine(amount)]
  const gap = WIDTH - left.length - right.length
  return gap >= 2 ? left + ' '.repeat(gap) + right : `${wrap(left)}\n${right.padStart(WIDTH)}`
}

const blockText = (block: Block): string => {
  switch (block.kind) {
    case 'paragraph':
      return wrap(block.text)
    case 'amounts':
      return block.rows.map(({ label, amount }) => amountLine(label, amount)).join('\n')
    case 'list':
      return [`${oneLine(block.heading)}:`, ...block.lines.map(line => wrap(line, '  '))].join('\n')
    case 'link':
      return `${oneLine(block.label)}:\n${block.url}`
  }
}

/** The signature of the shop: business, postal address, email and phone, as far as they are set. */
const signature = (shop: ShopProfile): string =>
  ['-- ', ...letterhead(shop), shop.email, shop.phone].filter(line => line !== undefined).join('\n')

/** The text with LF line ends and the shop's signature. */
export const mailText = ({ heading, blocks }: MailContent, shop: ShopProfile): string => {
  const parts = [wrap(heading), ...blocks.map(blockText), signature(shop)]
  return `${parts.join('\n\n')}\n`
}
