-- Processes of the API remember for a moment who may do what. Whatever changes that says so to all of them, as part of
-- its commit: a verb cannot forget to.
create function tell_access_change() returns trigger language plpgsql set search_path = pg_catalog as $$
declare
  changed jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
begin
  perform pg_notify('house_access', changed ->> tg_argv[0]);
  return null;
end $$;

create trigger tell_access_change after insert or delete or update of role_id, status, availability on memberships
  for each row execute function tell_access_change('tenant_id');
create trigger tell_access_change after delete or update of permissions, key, name on roles
  for each row execute function tell_access_change('tenant_id');
create trigger tell_access_change after delete or update of status, settings on tenants
  for each row execute function tell_access_change('id');
