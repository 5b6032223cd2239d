-- A tenant may keep its audit log for a shorter time than others do: its lines go then, row by row, and their links stay. Whoever
-- serves still takes out none. The relay does, and only what is older than a year and what the tenant's chain says may be gone.
create policy relay on audit_log for select to holdfast_relay using (true);
grant select (id, tenant_id) on audit_log to holdfast_relay;
grant select (kept_from) on audit_heads to holdfast_relay;
create policy relay_delete on audit_log for delete to holdfast_relay using (
  id < uuid_floor(now() - interval '12 months')
  and exists (select from audit_heads h where h.tenant_id = audit_log.tenant_id and audit_log.id < uuid_floor(h.kept_from)));
grant delete on audit_log to holdfast_relay;
