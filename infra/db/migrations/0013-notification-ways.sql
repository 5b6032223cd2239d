-- How people are told besides the bell of the app: what each of them chose, the browsers that show pushes, and what still
-- has to go out. A row of notification_deliveries is one attempt chain, so a mail or a push goes at most once per notification.

create table notification_settings (
  tenant_id uuid not null references tenants on delete cascade,
  person_id uuid not null references people on delete cascade,
  ways jsonb not null default '{}',
  quiet_hours jsonb,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, person_id)
);

create table push_subscriptions (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  person_id uuid not null references people on delete cascade,
  endpoint text not null check (length(endpoint) <= 2000),
  p256dh text not null check (length(p256dh) <= 200),
  auth text not null check (length(auth) <= 60),
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  unique (tenant_id, endpoint)
);
create index push_subscriptions_by_person on push_subscriptions (tenant_id, person_id);

-- The event that was the cause, where one was: read twice, it tells once.
alter table notifications add column event_id uuid;
create unique index notifications_once on notifications (tenant_id, event_id, person_id, kind) where event_id is not null;

create table notification_deliveries (
  tenant_id uuid not null,
  notification_id uuid not null,
  person_id uuid not null references people on delete cascade,
  way text not null check (way in ('mail', 'push')),
  state text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'dropped', 'failed')),
  due_at timestamptz not null,
  attempts int not null default 0,
  error text,
  settled_at timestamptz,
  primary key (tenant_id, notification_id, way),
  foreign key (tenant_id, notification_id) references notifications (tenant_id, id) on delete cascade
);
create index notification_deliveries_due on notification_deliveries (due_at) where state = 'waiting';
create index notification_deliveries_waiting on notification_deliveries (tenant_id, person_id, way) where state = 'waiting';

-- Planned here and not in a store, so that no way of writing a notification can forget it. A mail waits for the eye first.
create function plan_notification_deliveries() returns trigger language plpgsql
  set search_path = pg_catalog, public
  as $$
begin
  insert into notification_deliveries (tenant_id, notification_id, person_id, way, due_at)
  values (new.tenant_id, new.id, new.person_id, 'push', now()),
    (new.tenant_id, new.id, new.person_id, 'mail', now() + interval '5 minutes');
  return null;
end $$;
create trigger plan_deliveries after insert on notifications
  for each row execute function plan_notification_deliveries();

insert into event_cursors (name, position) values
  ('notifications', (select case when is_called then last_value else 0 end from event_positions));

do $$
declare
  t text;
begin
  foreach t in array array['notification_settings', 'push_subscriptions', 'notification_deliveries']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I for all to holdfast_app
      using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', t);
    execute format('grant select, insert, update, delete on %I to holdfast_app', t);
  end loop;
end $$;
create policy relay on notification_deliveries for select to holdfast_relay using (true);
create policy relay_update on notification_deliveries for update to holdfast_relay using (true) with check (true);
grant select (tenant_id, notification_id, person_id, way, state, due_at), update (due_at) on notification_deliveries to holdfast_relay;
