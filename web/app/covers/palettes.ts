/** Color palettes of drawn covers. `ink` has a high contrast on `background`. */

export type Palette = {
  readonly background: string
  readonly ink: string
  readonly accent: string
  readonly secondary: string
}

const palette = (ground: string, ink: string, accent: string, second: string): Palette => ({
  background: ground,
  ink,
  accent,
  secondary: second,
})

/** Ordered so that neighbors match: a category uses a few consecutive palettes. */
export const PALETTES: readonly Palette[] = [
  palette('#1f3a34', '#f3ead7', '#d9a441', '#3c6158'),
  palette('#efe6d2', '#23352f', '#b5462f', '#8fa58a'),
  palette('#26435a', '#f2e9d8', '#e0a458', '#4d7390'),
  palette('#dfe4df', '#1f3346', '#c8553d', '#7f9aa8'),
  palette('#5b2333', '#f5e6d3', '#e5b25d', '#86404f'),
  palette('#f2dcc5', '#4a1f2a', '#c2573a', '#d9a679'),
  palette('#8c3b24', '#fbeedb', '#f0c36d', '#b2603f'),
  palette('#f4ebd9', '#5a2a1a', '#1f5a5a', '#d8b589'),
  palette('#2e2a3f', '#efe6ee', '#e08e79', '#554d72'),
  palette('#e6dfe8', '#352c4a', '#b3475b', '#a393b8'),
  palette('#d6a33c', '#2a2118', '#7a2e1d', '#b98526'),
  palette('#f6eccb', '#2f3b22', '#a63d2f', '#b6b36b'),
  palette('#33402a', '#f0ead2', '#d98f4e', '#586a48'),
  palette('#c9d3bd', '#26331f', '#7b3f24', '#93a583'),
  palette('#1c1b1a', '#f0e9dc', '#c8452f', '#45413c'),
  palette('#f3f0e8', '#1c1b1a', '#c8452f', '#c9c2b2'),
]
