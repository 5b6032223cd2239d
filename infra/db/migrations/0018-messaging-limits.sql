-- Whom a business has begun to write to within a day (CH-12): WhatsApp bounds that number by how far a business is verified.

create table initiated_contacts (
  tenant_id uuid not null,
  business_account_id text not null,
  contact_id uuid not null,
  at timestamptz not null,
  primary key (tenant_id, business_account_id, contact_id),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id) on delete cascade
);
create index initiated_contacts_by_contact on initiated_contacts (tenant_id, contact_id);

-- The same by the hour, so that a look at a limit of a hundred thousand reads 25 rows.
create table initiation_counts (
  tenant_id uuid not null references tenants on delete cascade,
  business_account_id text not null,
  hour timestamptz not null,
  count int not null default 0,
  primary key (tenant_id, business_account_id, hour)
);

do $$
declare
  t text;
begin
  foreach t in array array['initiated_contacts', 'initiation_counts']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I for all to holdfast_app
      using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', t);
    execute format('grant select, insert, update, delete on %I to holdfast_app', t);
  end loop;
end $$;
