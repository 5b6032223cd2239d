-- A file that people send is as old as the last message with it; a month of what came in stays while anything of it is to be taken.
alter table media_files add column used_at timestamptz;

update partitioned_tables set held_by = $$state = 'new'$$ where name = 'inbound_events';

-- Gives way before Postgres looks for a circle, so that it is never a message that has to.
alter function drop_partitions(text, timestamptz) set lock_timeout = '500ms';
