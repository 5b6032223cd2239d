-- The same for what every screen of a tenant shows and people seldom change.
create trigger tell_settings_change after update of name, locale, time_zone, plan, quotas on tenants
  for each row execute function tell_access_change('id');
create trigger tell_settings_change after insert on roles
  for each row execute function tell_access_change('tenant_id');
create trigger tell_settings_change after insert or delete or update on custom_fields
  for each row execute function tell_access_change('tenant_id');
create trigger tell_settings_change after insert or delete or update on translation_overrides
  for each row execute function tell_access_change('tenant_id');
create trigger tell_settings_change after insert or delete or update on calendars
  for each row execute function tell_access_change('tenant_id');
create trigger tell_settings_change after insert or delete or update of name, status, status_reason, display_phone, verified_name,
  quality, messaging_limit, settings on channels
  for each row execute function tell_access_change('tenant_id');
