-- Events that leave the house: who wants to be told, what is on its way, and every attempt to tell.

create table webhook_subscriptions (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  name text not null check (length(name) between 1 and 120),
  url text not null check (length(url) between 1 and 2048),
  events text[] not null check (cardinality(events) > 0),
  filter jsonb,
  schedule text not null default 'default' check (schedule in ('default', 'long')),
  retry_count int not null default 3 check (retry_count between 0 and 3),
  timeout_seconds int not null default 15 check (timeout_seconds between 1 and 30),
  in_flight_max int not null default 8 check (in_flight_max between 1 and 50),
  ordered boolean not null default false,
  status text not null default 'active' check (status in ('active', 'disabled')),
  disabled_reason text check (disabled_reason in ('person', 'gone', 'failing')),
  secret bytea not null,
  secret_hint text not null,
  previous_secret bytea,
  previous_secret_until timestamptz,
  client_certificate text,
  client_key bytea,
  -- The breaker: failures in a row, how often it opened, until when attempts rest, since when nothing has worked.
  failures int not null default 0,
  opens int not null default 0,
  open_until timestamptz,
  failing_since timestamptz,
  last_delivered_at timestamptz,
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  check ((status = 'disabled') = (disabled_reason is not null)),
  check ((client_certificate is null) = (client_key is null))
) with (fillfactor = 70);
create index webhook_subscriptions_active on webhook_subscriptions (tenant_id) where status = 'active';

-- One event to one subscription. The message id is the event's id, so the same event cannot be inserted twice; it is a
-- UUIDv7 and cuts the table by month. `due_at` is when somebody must look if nothing happens before.
create table webhook_deliveries (
  tenant_id uuid not null,
  subscription_id uuid not null,
  message_id uuid not null,
  kind text not null default 'event' check (kind in ('event', 'sample', 'ping', 'edited')),
  type text not null,
  body text not null,
  position bigint,
  conversation_id uuid,
  -- The conversation whose order is kept; absent where nobody asked for it.
  order_key uuid,
  state text not null check (state in ('held', 'queued', 'sending', 'retrying', 'delivered', 'failed', 'skipped')),
  failure text,
  attempts int not null default 0,
  sending_at timestamptz,
  next_attempt_at timestamptz,
  due_at timestamptz,
  starts int not null default 0,
  queued_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  status_code int,
  error text,
  latency_ms int,
  primary key (tenant_id, subscription_id, message_id),
  foreign key (tenant_id, subscription_id) references webhook_subscriptions (tenant_id, id) on delete cascade
) partition by range (message_id);
create index webhook_deliveries_due on webhook_deliveries (due_at) where due_at is not null;
create index webhook_deliveries_sending on webhook_deliveries (subscription_id) where state = 'sending';
create index webhook_deliveries_open on webhook_deliveries (subscription_id, position)
  where state in ('held', 'queued', 'sending', 'retrying');
create index webhook_deliveries_order on webhook_deliveries (subscription_id, order_key, position)
  where order_key is not null and state in ('held', 'queued', 'sending', 'retrying');

-- Every POST that left, or that our own rules forbade.
create table webhook_attempts (
  id uuid not null,
  tenant_id uuid not null,
  subscription_id uuid not null,
  message_id uuid not null,
  number int not null,
  at timestamptz not null,
  url text not null,
  request_headers jsonb not null,
  status_code int,
  response_headers jsonb,
  response_body text,
  latency_ms int,
  error text,
  primary key (id),
  foreign key (tenant_id, subscription_id) references webhook_subscriptions (tenant_id, id) on delete cascade
) partition by range (id);
create index webhook_attempts_by_delivery on webhook_attempts (tenant_id, subscription_id, message_id, id);

-- Figures by hour, so that a list of subscriptions needs no walk through the attempts.
create table webhook_hours (
  tenant_id uuid not null,
  subscription_id uuid not null,
  hour timestamptz not null,
  attempts int not null default 0,
  delivered int not null default 0,
  latency_ms_sum bigint not null default 0,
  primary key (tenant_id, subscription_id, hour),
  foreign key (tenant_id, subscription_id) references webhook_subscriptions (tenant_id, id) on delete cascade
) with (fillfactor = 70);

insert into partitioned_tables (name) values ('webhook_deliveries'), ('webhook_attempts');
select ensure_partitions();

insert into event_cursors (name, position)
values ('webhooks', (select case when is_called then last_value else 0 end from event_positions));

do $$
declare
  t text;
begin
  foreach t in array array['webhook_subscriptions', 'webhook_deliveries', 'webhook_attempts', 'webhook_hours'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I for all to holdfast_app
      using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', t);
    execute format('grant select, insert, update, delete on %I to holdfast_app', t);
  end loop;
end $$;
revoke update, delete on webhook_attempts from holdfast_app;

create policy relay on webhook_subscriptions for select to holdfast_relay using (true);
grant select (tenant_id, status) on webhook_subscriptions to holdfast_relay;
create policy relay on webhook_deliveries for select to holdfast_relay using (true);
create policy relay_update on webhook_deliveries for update to holdfast_relay using (true) with check (true);
grant select (tenant_id, subscription_id, message_id, due_at, starts), update (due_at, starts)
  on webhook_deliveries to holdfast_relay;

-- Owners and administrators of houses that are older than this permission. FORCE binds the owner of the table too.
alter table roles no force row level security;
update roles set permissions = permissions || array['webhooks.read', 'webhooks.manage']
where built_in and key in ('owner', 'admin') and not 'webhooks.manage' = any(permissions);
alter table roles force row level security;
