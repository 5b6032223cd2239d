-- Since when a file waits for a person, because its provider refuses our token: the house is then not behind with it.
alter table media_files add column refused_at timestamptz;
grant select (refused_at) on media_files to holdfast_relay;

-- Who was shut out is looked up all the time, because conversations may still be theirs.
create index memberships_disabled on memberships (tenant_id, person_id) where status = 'disabled';

-- New tenants that are to get a number of the pool. Who makes a tenant tries at once, so the dispatcher comes a little later.
create table first_numbers (
  tenant_id uuid primary key references tenants on delete cascade,
  attempts int not null default 0,
  due_at timestamptz not null default now() + interval '1 minute'
);
create index first_numbers_due on first_numbers (due_at);
alter table first_numbers enable row level security;
alter table first_numbers force row level security;
create policy tenant on first_numbers for all to holdfast_app
  using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
grant select, insert, delete on first_numbers to holdfast_app;
create policy relay on first_numbers for select to holdfast_relay using (true);
create policy relay_update on first_numbers for update to holdfast_relay using (true) with check (true);
grant select (tenant_id, attempts, due_at), update (attempts, due_at) on first_numbers to holdfast_relay;

-- Refusals since something arrived: each is final for its delivery and rests nobody, but many say that the address is wrong.
alter table webhook_subscriptions add column refusals int not null default 0, add column refuses_all_since timestamptz;
