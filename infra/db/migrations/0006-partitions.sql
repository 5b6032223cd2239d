-- Tables that grow without end are cut by month of their UUIDv7 id, so that old months can be dropped whole.

-- The smallest UUIDv7 of an instant: 48 bits of milliseconds, then zeros.
create function uuid_floor(at timestamptz) returns uuid language sql immutable parallel safe
  set search_path = pg_catalog
  as $$ select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid $$;

create table partitioned_tables (name text primary key);
insert into partitioned_tables (name) values
  ('audit_log'), ('channel_events'), ('messages'), ('message_statuses'), ('run_events'),
  ('inbound_bodies'), ('inbound_events'), ('events');

-- Makes the months from the last one to some ahead. Runs as its owner, because only the owner may create tables;
-- rows outside every month land in the default partition and are not lost.
create function ensure_partitions(months_ahead int default 2) returns int language plpgsql security definer
  set search_path = pg_catalog, public as $$
declare
  parent text;
  month timestamptz;
  child text;
  made int := 0;
begin
  for parent in select name from public.partitioned_tables loop
    if to_regclass('public.' || parent || '_other') is null then
      execute format('create table public.%I partition of public.%I default', parent || '_other', parent);
    end if;
    for month in
      select generate_series(
        date_trunc('month', now() at time zone 'UTC') - interval '1 month',
        date_trunc('month', now() at time zone 'UTC') + make_interval(months => months_ahead),
        interval '1 month') at time zone 'UTC'
    loop
      child := parent || to_char(month at time zone 'UTC', '_YYYY_MM');
      if to_regclass('public.' || child) is null then
        execute format('create table public.%I partition of public.%I for values from (%L) to (%L)',
          child, parent, public.uuid_floor(month), public.uuid_floor(month + interval '1 month'));
        made := made + 1;
      end if;
    end loop;
  end loop;
  return made;
end $$;
revoke all on function ensure_partitions(int) from public;
select ensure_partitions();
