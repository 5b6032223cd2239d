-- Plans are rows: what each allows, by the names of domain/quotas/plans.ts. A figure that a plan leaves out is that of the
-- house; a tenant's own figures stand above its plan.
create table plans (
  key text primary key check (key ~ '^[a-z][a-z0-9_]{0,39}$'),
  name text not null check (length(name) between 1 and 80),
  limits jsonb not null default '{}' check (jsonb_typeof(limits) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
insert into plans (key, name) values ('default', 'Standard');

alter table tenants no force row level security;
update tenants set plan = 'default' where plan not in (select key from plans);
alter table tenants add foreign key (plan) references plans (key);
alter table tenants force row level security;

-- What cannot be counted by looking at rows each time: uses of a month. `position` is the last event that was counted.
create table usage_counters (
  tenant_id uuid not null references tenants on delete cascade,
  quota text not null,
  month date not null,
  used bigint not null default 0,
  position bigint not null default 0,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, quota, month)
) with (fillfactor = 70);

-- Who was told that a quota is nearly or wholly used, so that each is told once a month.
create table quota_warnings (
  tenant_id uuid not null references tenants on delete cascade,
  quota text not null,
  percent int not null check (percent in (80, 100)),
  month date not null,
  at timestamptz not null default now(),
  primary key (tenant_id, quota, percent, month)
);

do $$
declare
  t text;
begin
  foreach t in array array['usage_counters', 'quota_warnings'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I for all to holdfast_app
      using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', t);
    execute format('grant select, insert, update, delete on %I to holdfast_app', t);
  end loop;
end $$;
grant select on plans to holdfast_app;

insert into event_cursors (name, position)
  values ('usage', (select case when is_called then last_value else 0 end from event_positions));
