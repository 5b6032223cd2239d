import { part } from '../query.ts'

/**
 * Runs as they stand inside flows that are not their own: one row for each flow within, under that flow and at a node of
 * it. Reads the index of the runs that are inside another flow at this moment, and nothing where none is.
 */
export const INNER_RUNS = part`(
  select r.id, r.started_at, r.contact_id, r.conversation_id, r.state, v.flow_id, f.frame ->> 'nodeId' as node_id
  from runs r cross join lateral jsonb_array_elements(r.inner_frames) as f(frame)
  join flow_versions v on v.tenant_id = r.tenant_id and v.id = (f.frame ->> 'flowVersionId')::uuid
  where r.inner_frames is not null and r.state in ('starting', 'open', 'parked')) inner_runs`
