-- Those who run the installation. They are principals outside tenants: they see which tenants there are and how they do,
-- never what was written in them, unless an owner lets them in for a while.

create schema platform;
grant usage on schema platform to holdfast_platform, holdfast_app;

create table platform.administrators (
  person_id uuid primary key references public.people on delete cascade,
  added_by uuid,
  created_at timestamptz not null default now()
);

-- One row.
create table platform.settings (
  id boolean primary key default true check (id),
  second_factor_required boolean not null default false,
  updated_at timestamptz not null default now()
);
insert into platform.settings default values;

create table platform.audit_log (
  id uuid primary key,
  at timestamptz not null default now(),
  person_id uuid not null,
  action text not null,
  subject_type text not null,
  subject_id text not null,
  tenant_id uuid,
  detail jsonb not null default '{}',
  request_id text
);
create index platform_audit_by_tenant on platform.audit_log (tenant_id, id desc) where tenant_id is not null;

-- What the product says otherwise in this installation; tenants may say it otherwise again.
create table platform.texts (
  locale text not null,
  key text not null,
  text text not null check (length(text) between 1 and 4000),
  updated_by uuid,
  updated_at timestamptz not null default now(),
  primary key (locale, key)
);

grant select, insert, delete on platform.administrators to holdfast_platform;
grant select, update on platform.settings to holdfast_platform;
grant select, insert on platform.audit_log to holdfast_platform;
grant select, insert, update, delete on platform.texts to holdfast_platform;
grant select on platform.texts to holdfast_app;

-- An owner lets the platform's administrators in, for a time and for reading or changing.
create table support_grants (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  scope text not null check (scope in ('read', 'change')),
  reason text not null check (length(reason) between 1 and 500),
  granted_by uuid references people on delete set null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  check (expires_at <= created_at + interval '31 days')
);
create index support_grants_by_tenant on support_grants (tenant_id, id desc);
alter table support_grants enable row level security;
alter table support_grants force row level security;
create policy tenant on support_grants for all to holdfast_app
  using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
grant select, insert, update, delete on support_grants to holdfast_app;
create policy platform on support_grants for select to holdfast_platform using (true);
grant select on support_grants to holdfast_platform;

create policy platform on tenants for select to holdfast_platform using (true);
create policy platform_update on tenants for update to holdfast_platform using (true) with check (true);
grant select (id, name, status, locale, time_zone, plan, quotas, created_at, updated_at) on tenants to holdfast_platform;
grant update (status, plan, quotas, updated_at) on tenants to holdfast_platform;
grant select on plans to holdfast_platform;
-- How many people a tenant has, and nothing of who they are.
create policy platform on memberships for select to holdfast_platform using (true);
grant select (tenant_id, status) on memberships to holdfast_platform;
-- Of people only its own administrators.
create policy platform on people for select to holdfast_platform
  using (exists (select 1 from platform.administrators a where a.person_id = people.id));
grant select (id, email, name, locale) on people to holdfast_platform;

-- Requests that an administrator makes inside a tenant stand in the tenant's log as theirs.
alter table api_requests drop constraint api_requests_principal_kind_check;
alter table api_requests add constraint api_requests_principal_kind_check
  check (principal_kind in ('person', 'api_key', 'system', 'platform'));
