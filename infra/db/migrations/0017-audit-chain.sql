-- The audit log as one chain per tenant: each link is a hash over the link before it and the line itself, so that a line
-- that is changed, taken out or slipped in breaks every link after it. `npm run audit:verify` names the first one.

-- The end of each chain. Whoever writes a line locks its tenant's end, in the same transaction.
create table audit_heads (
  tenant_id uuid primary key,
  seq bigint not null,
  hash bytea not null,
  -- Lines before this instant may be gone by retention; their links stay.
  kept_from timestamptz
) with (fillfactor = 50);

create table audit_chain (
  tenant_id uuid not null,
  seq bigint not null,
  audit_id uuid not null,
  line_hash bytea not null,
  hash bytea not null,
  primary key (tenant_id, seq),
  unique (tenant_id, audit_id)
);

create function chain_audit_line() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare
  number bigint;
  before bytea;
  line bytea;
  link bytea;
begin
  insert into audit_heads as h (tenant_id, seq, hash) values (new.tenant_id, 1, '\x')
  on conflict (tenant_id) do update set seq = h.seq + 1
  returning h.seq, h.hash into number, before;
  -- jsonb prints the same value in the same way everywhere: keys in one order, one kind of space.
  line := sha256(convert_to(jsonb_build_array(new.id, new.tenant_id, (extract(epoch from new.at) * 1000000)::bigint,
    new.actor, new.action, new.subject_type, new.subject_id, new.detail, new.request_id)::text, 'UTF8'));
  link := sha256(before || line);
  insert into audit_chain (tenant_id, seq, audit_id, line_hash, hash) values (new.tenant_id, number, new.id, line, link);
  update audit_heads set hash = link where tenant_id = new.tenant_id;
  return null;
end $$;

-- Lines that were written before there was a chain come first, in the order of their ids.
do $$
declare
  l record;
  number bigint;
  before bytea;
  line bytea;
begin
  alter table audit_log no force row level security;
  for l in select * from audit_log order by tenant_id, id loop
    insert into audit_heads as h (tenant_id, seq, hash) values (l.tenant_id, 1, '\x')
    on conflict (tenant_id) do update set seq = h.seq + 1
    returning h.seq, h.hash into number, before;
    line := sha256(convert_to(jsonb_build_array(l.id, l.tenant_id, (extract(epoch from l.at) * 1000000)::bigint,
      l.actor, l.action, l.subject_type, l.subject_id, l.detail, l.request_id)::text, 'UTF8'));
    insert into audit_chain (tenant_id, seq, audit_id, line_hash, hash)
    values (l.tenant_id, number, l.id, line, sha256(before || line));
    update audit_heads set hash = sha256(before || line) where tenant_id = l.tenant_id;
  end loop;
  alter table audit_log force row level security;
end $$;

-- At the end of the transaction: the lock is held for the commit only, and nobody who holds it waits for anything else.
create constraint trigger audit_log_chain after insert on audit_log
  deferrable initially deferred for each row execute function chain_audit_line();

do $$
declare
  t text;
begin
  foreach t in array array['audit_heads', 'audit_chain'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I for all to holdfast_app
      using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', t);
  end loop;
end $$;
grant select, insert, update on audit_heads to holdfast_app;
grant select, insert on audit_chain to holdfast_app;

-- The ends are written down outside the database, where somebody who owns the database cannot follow.
create policy relay on audit_heads for select to holdfast_relay using (true);
grant select (tenant_id, seq, hash) on audit_heads to holdfast_relay;
