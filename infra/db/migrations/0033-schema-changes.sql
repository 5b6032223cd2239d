-- Which changes the tables have had: a process that does not fit them must not start. Names, and nothing else.
create function schema_changes() returns setof text language sql stable security definer set search_path = '' as
  $$ select name::text from public.migrations $$;
revoke execute on function schema_changes() from public;
grant execute on function schema_changes() to holdfast_relay;
