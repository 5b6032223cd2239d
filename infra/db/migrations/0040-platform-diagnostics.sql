-- The platform sees when each tenant was looked at last and how that ended; what was found stays behind the tenant's wall.
create policy platform on diagnostic_runs for select to holdfast_platform using (true);
grant select (id, tenant_id, cause, state, result, ended_at) on diagnostic_runs to holdfast_platform;
