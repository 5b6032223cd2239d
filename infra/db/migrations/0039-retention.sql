-- Everything that grows goes at its time: deliveries of webhooks with their attempts too, and each table that is cut by month
-- says how long it is kept at least, and which rows keep a month of it from going.

alter table retention_policies add column delivery_days int not null default 30 check (delivery_days between 7 and 400);
grant select (delivery_days) on retention_policies to holdfast_relay;

alter table partitioned_tables add column kept_at_least interval not null default '12 months', add column held_by text;
update partitioned_tables set kept_at_least = '15 days' where name in ('inbound_bodies', 'inbound_events');
update partitioned_tables set kept_at_least = '7 days' where name in ('webhook_deliveries', 'webhook_attempts');
-- Those of open conversations are kept, so a month of messages goes when its rows have gone.
update partitioned_tables set held_by = 'true' where name = 'messages';
update partitioned_tables set held_by = $$state in ('held', 'queued', 'sending', 'retrying')$$ where name = 'webhook_deliveries';

-- Drops the months of one table that ended before an instant. Only its owner may drop a table, so this runs as the owner,
-- and no caller can make it drop what is younger than the law of the house says. It waits for nobody: tomorrow is a day too.
create or replace function drop_partitions(parent text, before timestamptz) returns text[] language plpgsql security definer
  set search_path = pg_catalog, public set lock_timeout = '2s' as $$
declare
  rule public.partitioned_tables;
  child text;
  held boolean;
  dropped text[] := '{}';
begin
  select * into rule from public.partitioned_tables t where t.name = parent;
  if rule.name is null then
    raise exception '% is not cut by month', parent using errcode = 'invalid_parameter_value';
  end if;
  if before > now() - rule.kept_at_least then
    raise exception '% is kept for at least %', parent, rule.kept_at_least using errcode = 'invalid_parameter_value';
  end if;
  for child in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = to_regclass('public.' || quote_ident(parent)) and c.relname ~ ('^' || parent || '_\d{4}_\d{2}$')
      and (to_timestamp(right(c.relname, 7), 'YYYY_MM')::timestamp at time zone 'UTC') + interval '1 month' <= before
    order by 1
  loop
    if rule.held_by is not null then
      execute format('select exists (select from public.%I where %s)', child, rule.held_by) into held;
      continue when held;
      -- Looked at again behind the lock: what was settled may have been asked for once more. The parent is locked, as
      -- dropping does it, because whoever reads a month comes by way of it.
      execute format('lock table only public.%I', parent);
      execute format('select exists (select from public.%I where %s)', child, rule.held_by) into held;
      continue when held;
    end if;
    execute format('drop table public.%I', child);
    dropped := dropped || child;
  end loop;
  return dropped;
end $$;

-- Turns are many: their outcomes are found by age without a larger index that every turn would write into.
create index turn_outcomes_by_age on turn_outcomes using brin (at);
