-- Who may touch what. holdfast_app always acts in one tenant's context; holdfast_relay sees across tenants, but only
-- the columns that tell where work waits, never what people wrote; holdfast_auth has a schema of its own.

create function current_person() returns uuid language sql stable parallel safe
  set search_path = pg_catalog
  as $$ select nullif(current_setting('app.person', true), '')::uuid $$;

grant usage on schema public to holdfast_app, holdfast_relay;

do $$
declare
  t text;
begin
  -- Every table with a tenant_id, and none of its partitions: those are reached through their parent only.
  for t in
    select c.relname from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I for all to holdfast_app
      using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', t);
    execute format('grant select, insert, update, delete on %I to holdfast_app', t);
  end loop;
end $$;

alter table tenants enable row level security;
alter table tenants force row level security;
create policy tenant on tenants for all to holdfast_app
  using (id = (select current_tenant())) with check (id = (select current_tenant()));
grant select, insert, update on tenants to holdfast_app;

-- A person is seen by themselves and by those who share the tenant in context; only they write their own row.
alter table people enable row level security;
alter table people force row level security;
create policy seen on people for select to holdfast_app
  using (id = (select current_person()) or exists (select 1 from memberships m where m.person_id = people.id));
create policy own_insert on people for insert to holdfast_app with check (id = (select current_person()));
create policy own_update on people for update to holdfast_app
  using (id = (select current_person())) with check (id = (select current_person()));
grant select, insert, update on people to holdfast_app;

-- What never changes once written.
revoke update, delete on audit_log, flow_versions, inbound_bodies, message_statuses, run_events, channel_events from holdfast_app;

-- The owner runs migrations and seeds no tenant's rows by itself; FORCE binds it too.

-- The relay: where work waits, across tenants.
do $$
declare
  grants constant jsonb := '{
    "tenants": "id, status",
    "channels": "id, tenant_id, kind, webhook_key, external_id, status, messages_per_second",
    "bells": "conversation_id, tenant_id, version, rung, due_at, token, lease_until",
    "conversations": "id, tenant_id, contact_id, state, owner_kind, owner_id, epoch, last_seq, handled_seq, last_message_at, snoozed_until",
    "inbound_events": "id, tenant_id, channel_id, kind, lane, state, attempts, retry_at, received_at",
    "inbound_keys": "tenant_id, channel_id, received_at",
    "messages": "id, tenant_id, conversation_id, direction, state, message_class, attempt, sending_at, not_before, created_at, held_until",
    "runs": "id, tenant_id, conversation_id, flow_id, flow_version_id, state, posture, turn, wake_at, started_at, updated_at",
    "media_files": "id, tenant_id, state, attempts, created_at",
    "memberships": "id, tenant_id, person_id, role_id, status",
    "invitations": "id, tenant_id, token_hash, expires_at, accepted_at, revoked_at",
    "events": "id, tenant_id, position, type, subject_type, subject_id, conversation_id, at",
    "rate_limit_buckets": "tenant_id, contact_id, bucket_type, window_end",
    "idempotency_keys": "tenant_id, principal, key, created_at",
    "flow_versions": "id, tenant_id, flow_id, number"
  }';
  t text;
  columns text;
begin
  for t, columns in select key, value from jsonb_each_text(grants) loop
    execute format('create policy relay on %I for select to holdfast_relay using (true)', t);
    execute format('grant select (%s) on %I to holdfast_relay', columns, t);
  end loop;
end $$;

create policy relay_update on bells for update to holdfast_relay using (true) with check (true);
grant update (token, lease_until, rung, due_at, version) on bells to holdfast_relay;
create policy relay_update on events for update to holdfast_relay using (true) with check (true);
grant update (position) on events to holdfast_relay;
grant usage on sequence event_positions to holdfast_relay;
create policy relay_delete on rate_limit_buckets for delete to holdfast_relay using (true);
grant delete on rate_limit_buckets to holdfast_relay;
create policy relay_delete on inbound_keys for delete to holdfast_relay using (true);
grant delete on inbound_keys to holdfast_relay;
create policy relay_delete on idempotency_keys for delete to holdfast_relay using (true);
grant delete on idempotency_keys to holdfast_relay;
grant execute on function ensure_partitions(int) to holdfast_relay;

create schema auth authorization holdfast_auth;
