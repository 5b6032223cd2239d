-- How programs come in: keys, how often anybody may ask, and what was asked.

-- Of a key only its hash is kept; the prefix is what people recognise it by. A key belongs to the tenant, so it outlives
-- who made it.
create table api_keys (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  name text not null check (length(name) between 1 and 80),
  prefix text not null check (length(prefix) between 4 and 20),
  secret_hash bytea not null unique,
  permissions text[] not null,
  allowed_addresses text[] not null default '{}',
  created_by uuid references people on delete set null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  revoked_by uuid references people on delete set null,
  last_used_at timestamptz,
  last_used_address text,
  unique (tenant_id, id)
);
create index api_keys_by_tenant on api_keys (tenant_id, id desc);

-- When the allowance of a subject is whole again: one instant says how much is left. Not logged: after a crash everybody
-- begins with a whole allowance, and no request waits for the disk.
create unlogged table tenant_rates (
  tenant_id uuid not null references tenants on delete cascade,
  subject text not null check (length(subject) between 1 and 60),
  full_at timestamptz not null,
  primary key (tenant_id, subject)
) with (fillfactor = 50);

-- The same for who has not proven to belong anywhere.
create unlogged table address_rates (
  address text primary key check (length(address) between 1 and 60),
  full_at timestamptz not null
) with (fillfactor = 50);

-- Every request of a tenant to the API. No bodies, no queries, no headers: what was asked for and what came of it.
create table api_requests (
  id uuid not null,
  tenant_id uuid not null,
  at timestamptz not null,
  method text not null,
  route text not null,
  subject_id uuid,
  status smallint not null,
  duration_ms int not null,
  principal_kind text not null check (principal_kind in ('person', 'api_key', 'system')),
  principal_id uuid,
  request_id text not null,
  address text not null,
  code text,
  primary key (id)
) partition by range (id);
create index api_requests_by_tenant on api_requests (tenant_id, id desc);
create index api_requests_by_request on api_requests (tenant_id, request_id);
create index api_requests_failed on api_requests (tenant_id, id desc) where status >= 400;

-- Cut by day, because it is kept for days: makes the days to come, and drops those that are over. A day whose rows have
-- already gone into the rest is left there; what is old in the rest is deleted.
create function turn_request_days(keep_days int default 30, days_ahead int default 3) returns int language plpgsql
  security definer set search_path = pg_catalog, public as $$
declare
  today constant timestamptz := date_trunc('day', now() at time zone 'UTC') at time zone 'UTC';
  day timestamptz;
  child text;
  dropped int := 0;
  taken boolean;
begin
  if to_regclass('public.api_requests_other') is null then
    create table public.api_requests_other partition of public.api_requests default;
  end if;
  for day in select generate_series(today - interval '1 day', today + make_interval(days => days_ahead), interval '1 day') loop
    child := 'api_requests_' || to_char(day at time zone 'UTC', 'YYYY_MM_DD');
    if to_regclass('public.' || child) is null then
      select exists (select 1 from public.api_requests_other where id >= public.uuid_floor(day)
        and id < public.uuid_floor(day + interval '1 day')) into taken;
      if not taken then
        execute format('create table public.%I partition of public.api_requests for values from (%L) to (%L)',
          child, public.uuid_floor(day), public.uuid_floor(day + interval '1 day'));
      end if;
    end if;
  end loop;
  for child in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.api_requests'::regclass and c.relname ~ '^api_requests_\d{4}_\d{2}_\d{2}$'
      and to_timestamp(right(c.relname, 10), 'YYYY_MM_DD')::date < ((today - make_interval(days => keep_days)) at time zone 'UTC')::date
  loop
    execute format('drop table public.%I', child);
    dropped := dropped + 1;
  end loop;
  delete from public.api_requests_other where id < public.uuid_floor(today - make_interval(days => keep_days));
  return dropped;
end $$;
revoke all on function turn_request_days(int, int) from public;
select turn_request_days();

do $$
declare
  t text;
begin
  foreach t in array array['api_keys', 'tenant_rates', 'api_requests'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I for all to holdfast_app
      using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', t);
  end loop;
end $$;
grant select, insert, update on api_keys to holdfast_app;
grant select, insert, update, delete on tenant_rates to holdfast_app;
grant select, insert on api_requests to holdfast_app;

-- The relay finds the tenant of a key by its hash, and counts who belongs to none.
create policy relay on api_keys for select to holdfast_relay using (true);
grant select (id, tenant_id, secret_hash) on api_keys to holdfast_relay;
grant select (address, full_at), insert (address, full_at), update (full_at), delete on address_rates to holdfast_relay;
grant execute on function turn_request_days(int, int) to holdfast_relay;

-- The built-in roles that run a tenant get what is new; the owner of the table writes past the walls for this once.
alter table roles no force row level security;
update roles set permissions = permissions || array['api_keys.manage', 'request_log.read']
  where built_in and key in ('owner', 'admin') and not 'api_keys.manage' = any(permissions);
alter table roles force row level security;
