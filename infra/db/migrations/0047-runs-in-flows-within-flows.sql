-- outside a transaction
-- Where a run stands in each flow within its own; null for those that stand in no other. `node_id` is a place of its own flow.
set lock_timeout = '500ms';
alter table runs add column if not exists inner_frames jsonb;
-- The owner writes past the walls for this once. FORCE binds it too.
alter table runs no force row level security;
set lock_timeout = 0;
update runs set node_id = interpreter -> 'frames' -> 0 ->> 'nodeId', inner_frames = (interpreter -> 'frames') - 0
where state in ('starting', 'open', 'parked') and inner_frames is null and jsonb_array_length(interpreter -> 'frames') > 1;
set lock_timeout = '500ms';
alter table runs force row level security;
set lock_timeout = 0;
drop index concurrently if exists runs_in_inner_flows;
create index concurrently runs_in_inner_flows on runs (tenant_id)
  where inner_frames is not null and state in ('starting', 'open', 'parked');
