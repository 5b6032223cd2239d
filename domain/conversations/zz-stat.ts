import { DECKS } from './model/story.ts'
import { createWorld, RULES } from './model/world.ts'
import { takeIn } from './model/house.ts'
for (const deck of ['ordinary','rough'] as const) {
  const sum: Record<string, number> = {}
  for (let i = 0; i < 300; i++) {
    const w = createWorld(RULES); takeIn(w, ['ask','say'])
    for (let n = 0; n < 150; n++) DECKS[deck][Math.floor(Math.random()*DECKS[deck].length)]!(w, Math.floor(Math.random()*1000))
    const add = (k: string, v: number) => { sum[k] = (sum[k] ?? 0) + v/300 }
    add('inbound', w.inbound.length); add('held', w.inbound.filter(m=>m.heldUntil!==null).length); add('conv', w.conversations.length); add('runs', w.runs.length)
    add('out', w.outbound.length); add('accepted', w.outbound.filter(o=>o.acceptedCount>0).length); add('superseded', w.outbound.filter(o=>o.state==='superseded').length)
    add('turns', w.outcomes.size); add('asking', w.runs.filter(r=>r.posture==='asking').length); add('ended', w.runs.filter(r=>r.posture==='ended').length); add('dup', w.outbound.filter(o=>o.possibleDuplicate).length)
    add('waiting', w.runs.filter(r=>r.posture==='waiting_floor').length)
  }
  console.log(deck, JSON.stringify(Object.fromEntries(Object.entries(sum).map(([k,v])=>[k, v.toFixed(2)]))))
}
