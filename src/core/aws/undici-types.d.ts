/** Types of a file of undici: its own types cover only the entry point, which exports the same class. */
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici'
  export default Pool
}
