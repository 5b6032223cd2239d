-- What people are owed: proof of consent, the words by which they stop it, their data, their erasure, and how long all is kept.

-- Every word about consent, in the order it was said; `consents` holds the last one.
create table consent_changes (
  id uuid primary key,
  tenant_id uuid not null,
  contact_id uuid not null,
  category text not null check (category in ('marketing', 'utility', 'service')),
  state text not null check (state in ('granted', 'withdrawn')),
  source text not null,
  actor jsonb not null,
  evidence text check (length(evidence) <= 2000),
  message_id uuid,
  at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id) on delete cascade
);
create index consent_changes_by_contact on consent_changes (tenant_id, contact_id, id desc);

alter table suppressions no force row level security;
alter table consents no force row level security;
insert into consent_changes (id, tenant_id, contact_id, category, state, source, actor, evidence, at)
  select gen_random_uuid(), tenant_id, contact_id, category, state, source, '{"kind":"system"}',
    case when proof <> '{}' then left(proof::text, 2000) end, at
  from consents;
alter table consents add column actor jsonb not null default '{"kind":"system"}', add column evidence text,
  add column message_id uuid;
-- A category once: the same list is asked at every send.
delete from suppressions s using suppressions earlier
  where earlier.tenant_id = s.tenant_id and earlier.contact_id = s.contact_id and earlier.id < s.id
    and earlier.category is not distinct from s.category;
alter table suppressions add column note text not null default '' check (length(note) <= 500),
  add column actor jsonb not null default '{"kind":"system"}', add column message_id uuid;
create unique index suppressions_once on suppressions (tenant_id, contact_id, category) nulls not distinct;
create index suppressions_by_age on suppressions (tenant_id, id desc);
alter table suppressions force row level security;
alter table consents force row level security;

-- Written by the table itself, so that no writer forgets it. What the provider tells is the contact's own word.
create function consent_said() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  if new.source = 'provider' then
    new.actor := jsonb_build_object('kind', 'contact', 'id', new.contact_id);
    new.evidence := left(new.proof::text, 2000);
    new.message_id := null;
  end if;
  insert into consent_changes (id, tenant_id, contact_id, category, state, source, actor, evidence, message_id, at)
  values ((substr(uuid_floor(clock_timestamp())::text, 1, 14) || '7' || substr(gen_random_uuid()::text, 16))::uuid, new.tenant_id, new.contact_id, new.category, new.state, new.source, new.actor, left(new.evidence, 2000),
    new.message_id, new.at);
  return new;
end $$;
create trigger consent_said before update on consents for each row execute function consent_said();
create trigger consent_first_said after insert on consents for each row execute function consent_said();

-- One key per contact, under which Temporal's payloads about them are sealed. A key that was destroyed stays known as such.
create table subject_keys (
  tenant_id uuid not null,
  id uuid not null,
  wrapped bytea,
  created_at timestamptz not null default now(),
  shredded_at timestamptz,
  primary key (tenant_id, id),
  check ((wrapped is null) = (shredded_at is not null))
);

-- Somebody asked for all that is known of a contact, or for its end. The workflow of the same id carries it out.
create table data_requests (
  id uuid primary key,
  tenant_id uuid not null,
  contact_id uuid not null,
  kind text not null check (kind in ('export', 'erasure')),
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  requested_by jsonb not null,
  step text,
  done_count int not null default 0,
  total_count int,
  report jsonb not null default '{}',
  storage_key text,
  size_bytes bigint,
  error_code text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  expires_at timestamptz,
  unique (tenant_id, id),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id) on delete cascade
);
create unique index data_requests_one_erasure on data_requests (tenant_id, contact_id)
  where kind = 'erasure' and state in ('waiting', 'running');
create index data_requests_by_contact on data_requests (tenant_id, contact_id, id desc);
create index data_requests_waiting on data_requests (created_at) where state = 'waiting';
create index data_requests_expired on data_requests (expires_at) where expires_at is not null;

-- Who was erased, as a keyed hash: enough to know them again when old data come back, and useless for anything else.
create table erased_identities (
  tenant_id uuid not null,
  hash bytea not null,
  erased_at timestamptz not null default now(),
  primary key (tenant_id, hash)
);

-- How long a tenant keeps what. Who has no row keeps everything for a year, and raw webhooks for ninety days.
create table retention_policies (
  tenant_id uuid primary key references tenants on delete cascade,
  history_months int not null default 12 check (history_months between 12 and 120),
  audit_months int not null default 24 check (audit_months between 12 and 120),
  raw_days int not null default 90 check (raw_days between 15 and 400),
  updated_at timestamptz not null default now()
);

insert into event_cursors (name, position)
  select name, case when is_called then last_value else 0 end
  from event_positions, unnest(array['consent-words', 'erased-contacts']) as name;

do $$
declare
  t text;
begin
  foreach t in array array['consent_changes', 'subject_keys', 'data_requests', 'erased_identities', 'retention_policies'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I for all to holdfast_app
      using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', t);
  end loop;
  foreach t in array array['subject_keys', 'data_requests', 'retention_policies'] loop
    execute format('create policy relay on %I for select to holdfast_relay using (true)', t);
  end loop;
end $$;
grant select, insert, update, delete on data_requests, retention_policies to holdfast_app;
-- Erasure may take proof away and blank a key; nobody rewrites either.
grant select, insert, delete on consent_changes to holdfast_app;
grant select, insert, update (wrapped, shredded_at) on subject_keys to holdfast_app;
grant select, insert on erased_identities to holdfast_app;
-- What never changes once written may still have to go, with its contact or with its time. Lines of the audit log may not.
grant delete on message_statuses, run_events, inbound_bodies, channel_events to holdfast_app;

-- Which contact a workflow is about, so that its payloads are sealed under that contact's key, and that key as it is sealed.
grant select (tenant_id, id, wrapped, shredded_at) on subject_keys to holdfast_relay;
grant select (contact_id) on runs to holdfast_relay;
grant select (message_id) on media_files to holdfast_relay;
grant select (id, tenant_id, contact_id, kind, state, created_at, expires_at) on data_requests to holdfast_relay;
grant select (tenant_id, history_months, audit_months, raw_days) on retention_policies to holdfast_relay;

-- Drops the months of one table that ended before an instant. Only its owner may drop a table, so this runs as the owner,
-- and no caller can make it drop what is younger than the law of the house says. It waits for nobody: tomorrow is a day too.
create function drop_partitions(parent text, before timestamptz) returns text[] language plpgsql security definer
  set search_path = pg_catalog, public set lock_timeout = '2s' as $$
declare
  least interval := case when parent in ('inbound_bodies', 'inbound_events') then interval '15 days' else interval '12 months' end;
  child text;
  dropped text[] := '{}';
begin
  if not exists (select from public.partitioned_tables where name = parent) then
    raise exception '% is not cut by month', parent using errcode = 'invalid_parameter_value';
  end if;
  if before > now() - least then
    raise exception '% is kept for at least %', parent, least using errcode = 'invalid_parameter_value';
  end if;
  for child in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = to_regclass('public.' || quote_ident(parent)) and c.relname ~ ('^' || parent || '_\d{4}_\d{2}$')
      and (to_timestamp(right(c.relname, 7), 'YYYY_MM')::timestamp at time zone 'UTC') + interval '1 month' <= before
    order by 1
  loop
    execute format('drop table public.%I', child);
    dropped := dropped || child;
  end loop;
  return dropped;
end $$;
revoke all on function drop_partitions(text, timestamptz) from public;
grant execute on function drop_partitions(text, timestamptz) to holdfast_relay;
