/** undici's types describe its front door alone; this file of it gives the same class. */
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici'
  export default Pool
}
