/**
 * Clock shim for child processes (`node --import`): `Date` runs on from the moment that CLOCK_OFFSET_MS shifts it to, so that
 * stored sessions, carts, links and codes are still valid. It replaces the global `Date`, because the sign-in library reads
 * the time there and takes no clock of ours. Timers and the engine keep the real time.
 */
const offset = Number(process.env.CLOCK_OFFSET_MS ?? 0)
const realNow = Date.now.bind(Date)

Date.now = () => realNow() + offset
globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [target.now()] : args, newTarget),
  apply: target => new target(target.now()).toString(),
})
