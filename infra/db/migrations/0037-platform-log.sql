-- The platform's log says the same as the logs of tenants, and can be trusted as much: what an administrator does to a
-- tenant is written into both in one transaction, and each of its lines is a link of a chain.

-- Where the act is one inside a tenant, its transaction is the app's: it may add lines about that tenant, and read none.
alter table platform.audit_log enable row level security;
create policy platform on platform.audit_log for all to holdfast_platform using (true) with check (true);
create policy of_tenant on platform.audit_log for insert to holdfast_app
  with check (tenant_id = (select public.current_tenant()));
grant insert on platform.audit_log to holdfast_app;
create index platform_audit_by_person on platform.audit_log (person_id, id desc);

create table platform.audit_head (
  id boolean primary key default true check (id),
  seq bigint not null default 0,
  hash bytea not null default '\x'
);
insert into platform.audit_head default values;

create table platform.audit_chain (
  seq bigint primary key,
  audit_id uuid not null unique,
  line_hash bytea not null,
  hash bytea not null
);

-- As the owner: nobody who writes lines may touch links.
create function platform.chain_audit_line() returns trigger language plpgsql security definer
  set search_path = pg_catalog as $$
declare
  number bigint;
  before bytea;
  line bytea;
  link bytea;
begin
  update platform.audit_head set seq = seq + 1 returning seq, hash into number, before;
  line := sha256(convert_to(jsonb_build_array(new.id, (extract(epoch from new.at) * 1000000)::bigint, new.person_id,
    new.action, new.subject_type, new.subject_id, new.tenant_id, new.detail, new.request_id)::text, 'UTF8'));
  link := sha256(before || line);
  insert into platform.audit_chain (seq, audit_id, line_hash, hash) values (number, new.id, line, link);
  update platform.audit_head set hash = link;
  return null;
end $$;
revoke all on function platform.chain_audit_line() from public;

-- Lines that were written before there was a chain come first, in the order of their ids.
do $$
declare
  l record;
  line bytea;
begin
  for l in select * from platform.audit_log order by id loop
    line := sha256(convert_to(jsonb_build_array(l.id, (extract(epoch from l.at) * 1000000)::bigint, l.person_id,
      l.action, l.subject_type, l.subject_id, l.tenant_id, l.detail, l.request_id)::text, 'UTF8'));
    update platform.audit_head set seq = seq + 1, hash = sha256(hash || line);
    insert into platform.audit_chain (seq, audit_id, line_hash, hash)
      select seq, l.id, line, hash from platform.audit_head;
  end loop;
end $$;

create constraint trigger audit_log_chain after insert on platform.audit_log
  deferrable initially deferred for each row execute function platform.chain_audit_line();

-- Whoever verifies the chain reads it; its end is noted outside the database with those of the tenants.
grant select on platform.audit_head, platform.audit_chain to holdfast_platform;
grant usage on schema platform to holdfast_relay;
grant select (seq, hash) on platform.audit_head to holdfast_relay;
