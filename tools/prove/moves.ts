/** Guarantee 38: a shop that is moved to another database loses no order, however often the move is killed. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { engineSigner } from '#src/core/aws/sign.ts'
import { createDynamo } from '#src/core/dynamo/dynamo.ts'
import { createWire } from '#src/core/dynamo/wire.ts'
import { lockDataFolder } from '#src/local/data-folder.ts'
import { startEngine } from '#src/local/engine.ts'
import { beginFilling } from '#src/move/destination.ts'
import type { MoveResult, MoveStep } from '#src/move/move.ts'
import { copyPass } from '#src/move/pass.ts'
import { readContents } from '#src/move/place.ts'
import { createWriter } from '#src/move/writer.ts'
import { createBuyers, placeOrder } from '../../test/buyers.ts'
import { aBook, createTestShop, getTestEngine, type TestShop, temporaryFolder } from '../../test/kit.ts'
import { createPlace } from '../../test/places.ts'
import { type Guarantee, type Run, randomInteger } from './guarantee.ts'
import type { MoverOptions } from './mover-process.ts'

const BUYERS = 3
const STOCK = 1_000_000
const MAX_PAUSE_MS = 25_000
/** Pause of a customer after each try (ms): a queue of orders is not the point. */
const BUYER_PAUSE_MS = 40
/** Until customers are sent to another place (ms), where nothing stops their orders at the old one. */
const SENDING_OVER_MS = 300
/** The steps at which the move is killed, each with a run of its own before it succeeds. */
const STEPS: readonly MoveStep[] = ['copying', 'verifying', 'pausing', 'finishing', 'switching', 'opening']
const PROGRAM = fileURLToPath(new URL('mover-process.ts', import.meta.url))

/** A shop at one engine, and the same shop at another one. */
const createPair = async (other: string) => {
  const home = await createTestShop({ books: [aBook({ stock_quantity: STOCK })] })
  const abroad = await createTestShop({ sharingTablesOf: home, endpoint: other, withStaff: false })
  const at = [(await getTestEngine()).endpoint, other] as const
  return { shops: [home, abroad] as const, at, names: home.names }
}

/** Customers who try one place after the other, as one who loads the page again: ids of acknowledged orders by place. */
const startBuyers = (shops: readonly TestShop[]) => {
  const acknowledged = shops.map(() => new Set<string>())
  let done = false
  const buying = Array.from({ length: BUYERS }, async (_, i) => {
    for (let turn = i; !done; turn++) {
      const place = turn % shops.length
      const shop = shops[place]
      const [buyer] = shop ? await createBuyers(shop, 1, 'tech-001') : []
      const answer = buyer?.order.cart_version ? await placeOrder(buyer) : undefined
      if (answer?.status === 201) acknowledged[place]?.add(answer.body.order_id)
      await sleep(BUYER_PAUSE_MS)
    }
  })
  const stop = async () => {
    done = true
    await Promise.all(buying)
    return { acknowledged: acknowledged as readonly Set<string>[] }
  }
  return { stop }
}

const readPlace = async (endpoint: string, { names }: Pick<TestShop, 'names'>) => {
  const db = createDynamo(createWire(() => endpoint, engineSigner))
  const orders = new Set<string>()
  let [sold, stock] = [0, 0]
  for await (const page of db.scan(names.orders))
    for (const order of page) {
      orders.add(String(order.order_id))
      for (const line of order.items as { quantity: number }[]) sold += line.quantity
    }
  for await (const page of db.scan(names.books)) for (const book of page) stock += Number(book.stock_quantity)
  await db.close()
  return { orders, sold, stock }
}

/** Runs the program until its end or its kill. `killAfter`: from outside, so many ms after its start. */
const runMover = async (
  options: MoverOptions,
  log: Run['log'],
  killAfter?: number,
): Promise<MoveResult | undefined> => {
  const child: ChildProcess = fork(PROGRAM, [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let result: MoveResult | undefined
  let errors = ''
  child.on('message', message => {
    if (typeof message === 'object') result = message as MoveResult
  })
  child.stderr?.on('data', chunk => {
    errors += chunk
  })
  if (killAfter !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfter).unref()
  await once(child, 'close')
  if (errors) log(`   ${errors.match(/^\w*Error: .*$/m)?.[0] ?? errors}`)
  return result
}

type Outcome = {
  readonly kills: number
  readonly acknowledged: number
  readonly lost: number
  readonly both: number
  readonly wrong: number
  readonly longestPauseMs: number
}

/** Moves the shop there and back under load, with the kills of this round. */
const moveThereAndBack = async (
  { random, log }: Run,
  other: string,
  steps: readonly MoveStep[],
): Promise<Outcome> => {
  const pair = await createPair(other)
  let outcome: Outcome = { kills: 0, acknowledged: 0, lost: 0, both: 0, wrong: 0, longestPauseMs: 0 }
  for (const [from, to] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const options = {
      id: `move-${from}`,
      from: pair.at[from],
      to: pair.at[to],
      names: pair.names,
      maxPauseMs: MAX_PAUSE_MS,
    }
    const before = await readPlace(pair.at[from], pair.shops[from])
    const buyers = startBuyers(pair.shops)
    // At any moment, then at each step. On the way there the last run makes the switch itself, which shows its pause.
    await runMover(options, log, randomInteger(random, 300, 4_000))
    const killed = from === 0 ? steps.filter(step => step !== 'opening') : steps
    for (const killAt of killed) await runMover({ ...options, killAt }, log)
    let result: MoveResult | undefined
    for (let tries = 0; !result && tries < 3; tries++) result = await runMover(options, log)
    await sleep(1_000)
    const { acknowledged } = await buyers.stop()
    const [old, now] = [
      await readPlace(pair.at[from], pair.shops[from]),
      await readPlace(pair.at[to], pair.shops[to]),
    ]
    const all = [...before.orders, ...(acknowledged[from] ?? []), ...(acknowledged[to] ?? [])]
    outcome = {
      kills: outcome.kills + killed.length + 1,
      acknowledged: outcome.acknowledged + (acknowledged[0]?.size ?? 0) + (acknowledged[1]?.size ?? 0),
      lost: outcome.lost + all.filter(id => !now.orders.has(id)).length,
      both: outcome.both + [...(acknowledged[to] ?? [])].filter(id => old.orders.has(id)).length,
      wrong: outcome.wrong + (result && now.stock + now.sold === STOCK ? 0 : 1),
      longestPauseMs: Math.max(outcome.longestPauseMs, result?.pauseMs ?? 0),
    }
  }
  return outcome
}

/** The same move without a fence: passes until little changes, and the customers are sent to the other place. Orders lost. */
const moveNaively = async (other: string): Promise<number> => {
  const pair = await createPair(other)
  const [home, abroad] = pair.shops
  const source = createPlace('home', pair.at[0], pair.names)
  const destination = createPlace('abroad', pair.at[1], pair.names)
  const fence = await beginFilling(destination, 'naive')
  const known = await readContents(destination, () => {})
  const buyers = startBuyers([home])
  for (let passes = 0; passes < 3; passes++)
    await copyPass(source, destination, known, { writer: createWriter(destination, fence), report: () => {} })
  // Customers are at the other place only some time after the last pass, however fast the machine is.
  await sleep(SENDING_OVER_MS)
  const { acknowledged } = await buyers.stop()
  const there = await readPlace(pair.at[1], abroad)
  await source.close()
  await destination.close()
  return [...(acknowledged[0] ?? [])].filter(id => !there.orders.has(id)).length
}

const throughMoves: Guarantee = {
  number: 38,
  title: 'A shop that moves to another database loses no order',
  criterion:
    'no acknowledged order is lost, none is taken at the place that the shop has left, stock and orders agree there and back, however often the move is killed',
  prove: async run => {
    const engine = await startEngine({ folder: await lockDataFolder(temporaryFolder()) })
    try {
      const rounds = run.quick ? 1 : 8
      const outcomes: Outcome[] = []
      for (let round = 0; round < rounds; round++) {
        const steps = run.quick ? (['finishing', 'opening'] as const) : STEPS
        outcomes.push(await moveThereAndBack(run, engine.endpoint, steps))
        run.log(`   round ${round + 1}: ${JSON.stringify(outcomes.at(-1))}`)
      }
      const sum = (of: (one: Outcome) => number): number => outcomes.reduce((all, one) => all + of(one), 0)
      let naiveLost = 0
      for (let tries = 0; tries < 5 && naiveLost === 0; tries++)
        naiveLost = await moveNaively(engine.endpoint)
      const [kills, acknowledged, lost] = [
        sum(one => one.kills),
        sum(one => one.acknowledged),
        sum(one => one.lost),
      ]
      const [both, wrong] = [sum(one => one.both), sum(one => one.wrong)]
      const pause = Math.max(...outcomes.map(one => one.longestPauseMs))
      return {
        method: `${rounds} moves there and ${rounds} back between two engines with ${BUYERS} active buyers, killed ${kills} times`,
        result: `${acknowledged} orders acknowledged, ${lost} lost, ${both} in both places, ${wrong} moves not finished or with other stock; longest pause of a move's last run ${(pause / 1000).toFixed(1)} s`,
        holds: lost + both + wrong === 0 && acknowledged > 20,
        control: { result: `${naiveLost} orders lost without the fence`, failed: naiveLost > 0 },
        figures: { kills, acknowledged, lost, both, wrong, pauseMs: pause, naiveLost },
      }
    } finally {
      await engine.stop()
    }
  },
}

export const moveGuarantees = [throughMoves]
