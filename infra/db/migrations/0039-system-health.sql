-- Which processes are up: each writes its row every few seconds, and takes it along when it leaves in order.
create unlogged table process_beats (
  id uuid primary key,
  kind text not null check (kind in ('api', 'dispatcher', 'worker')),
  version text not null,
  started_at timestamptz not null,
  beat_at timestamptz not null default now(),
  -- What of it stands still, by name, though the process itself is up.
  stalled text[] not null default '{}'
);
grant select (id, kind, version, started_at, beat_at, stalled), insert (id, kind, version, started_at, stalled),
  update (beat_at, stalled), delete on process_beats to holdfast_relay;

-- What was given up, across tenants: that it is there, and never what it says.
grant select (attempts, created_at) on event_retries to holdfast_relay;
grant select (state, kind, created_at, settled_at) on webhook_deliveries to holdfast_relay;
grant select (seq) on messages to holdfast_relay;
create index event_retries_dead on event_retries (event_id) where state = 'dead';
create index inbound_events_parked on inbound_events (id) where state = 'dead';
create index webhook_deliveries_failed on webhook_deliveries (tenant_id, settled_at)
  where state = 'failed' and kind = 'event';
